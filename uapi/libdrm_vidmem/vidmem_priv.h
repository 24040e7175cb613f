/* SPDX-License-Identifier: MIT */
#ifndef VIDMEM_PRIV_H
#define VIDMEM_PRIV_H

#define vidmem_public __attribute__((visibility("default")))

#endif /* VIDMEM_PRIV_H */
