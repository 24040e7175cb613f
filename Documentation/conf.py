# SPDX-License-Identifier: MIT
# pylint: disable=invalid-name
"""Sphinx configuration. Build with: sphinx-build Documentation out/html

Needs nothing but Sphinx. The comments of the sources are kernel-doc, which
these pages do not include, so that they build without a kernel tree. With one,
in KERNEL, the comments can be read as pages of their own:

    $KERNEL/scripts/kernel-doc -rst drv/*/*.[ch] uapi/drm/vidmem_drm.h

or pulled into a page with the kernel's Sphinx extension, which is configured
by these lines, after which a page can say ".. kernel-doc:: drv/memory/view.c":

    sys.path.insert(0, os.environ["KERNEL"] + "/Documentation/sphinx")
    extensions = ["kerneldoc"]
    kerneldoc_bin = os.environ["KERNEL"] + "/scripts/kernel-doc"
    kerneldoc_srctree = os.path.dirname(os.path.dirname(__file__))

Newer kernel trees have the script in tools/docs.
"""

project = "vidmem"
author = "The vidmem developers"
# Sphinx prints it below each page; no year, so that none gets old.
project_copyright = author
version = release = "1.0.0"

root_doc = "index"
exclude_patterns = ["man"]
# Code in the pages is marked as what it is; plain text is plain.
highlight_language = "none"
html_theme = "alabaster"
