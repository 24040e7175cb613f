// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * For tests: what type of memory an entry of a page table says that it maps, which
 * Linux tells nobody. A program writes an address of its own to the parameter
 * "address", and reads the answer there.
 */

#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/pgtable.h>

static const char *entry_type_answer = "none";

/* The bits that tell types apart are in the same place in entries of each size. */
static const char *entry_type_name(u64 entry)
{
	pgprot_t usual = vm_get_page_prot(VM_READ | VM_WRITE | VM_SHARED);
	u64 cached = pgprot_val(usual);
	u64 combined = pgprot_val(pgprot_writecombine(usual));
	u64 mask = (cached ^ combined) |
		   (cached ^ pgprot_val(pgprot_noncached(usual))) |
		   (cached ^ pgprot_val(pgprot_device(usual)));

	if (!((entry ^ cached) & mask))
		return "cached";
	if (!((entry ^ combined) & mask))
		return "write-combined";

	return "uncached";
}

static const char *entry_type_of(struct mm_struct *mm, unsigned long address)
{
	pgd_t *pgd = pgd_offset(mm, address);
	p4d_t *p4d;
	pud_t *pud;
	pmd_t *pmd;
	pte_t *pte;

	if (pgd_none(*pgd))
		return "none";
	p4d = p4d_offset(pgd, address);
	if (p4d_none(*p4d))
		return "none";
	pud = pud_offset(p4d, address);
	if (pud_none(*pud))
		return "none";
	pmd = pmd_offset(pud, address);
	if (pmd_none(*pmd))
		return "none";
	if (pmd_leaf(*pmd))
		return entry_type_name(pmd_val(*pmd));
	pte = pte_offset_kernel(pmd, address);

	return pte_present(*pte) ? entry_type_name(pte_val(*pte)) : "none";
}

static int entry_type_set(const char *text, const struct kernel_param *param)
{
	unsigned long address;
	int ret;

	ret = kstrtoul(text, 0, &address);
	if (ret)
		return ret;
	if (address >= TASK_SIZE)
		return -EINVAL;

	/* The program has one thread, so that nobody changes its tables. */
	mmap_read_lock(current->mm);
	entry_type_answer = entry_type_of(current->mm, address);
	mmap_read_unlock(current->mm);

	return 0;
}

static int entry_type_get(char *text, const struct kernel_param *param)
{
	return sysfs_emit(text, "%s\n", entry_type_answer);
}

static const struct kernel_param_ops entry_type_ops = {
	.set = entry_type_set,
	.get = entry_type_get,
};

module_param_cb(address, &entry_type_ops, NULL, 0600);
MODULE_DESCRIPTION("Types of mapped memory, for tests");
MODULE_LICENSE("Dual MIT/GPL");
