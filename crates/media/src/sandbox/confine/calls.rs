//! System calls, by seccomp.
//!
//! A worker has a list of what it may call: memory, threads, its pipes. A tool is somebody else's
//! program and varies, so it has a list of what it may not: network, other programs and processes,
//! and the parts of the kernel that are known for their holes.
//!
//! What is refused answers an error (EPERM) instead of killing: libraries try things and do
//! without, and a job that is refused can say so.

use std::collections::BTreeMap;

use libc::{ENOSYS, EPERM, SYS_clone, SYS_clone3};
use seccompiler::{
    BpfProgram, Error, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch, apply_filter,
};

use super::Kind;

/// Calls and under which conditions they match; none means always.
type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// On 64-bit PCs each call can also be made under this number (the x32 ABI).
#[cfg(target_arch = "x86_64")]
const X32: Option<i64> = Some(0x4000_0000);
#[cfg(not(target_arch = "x86_64"))]
const X32: Option<i64> = None;

/// Forbids what this kind of process does not need.
pub(super) fn forbid(kind: Kind) -> Result<(), Error> {
    // The flags of `clone3` cannot be looked at, those of `clone` can; libraries go on with `clone`
    // where the system is too old for `clone3`, which is what this says.
    let too_old = rules(&[SYS_clone3]);
    apply_filter(&program(too_old, SeccompAction::Allow, errno(ENOSYS))?)?;
    let filter = match kind {
        Kind::Worker => program(worker_may()?, errno(EPERM), SeccompAction::Allow)?,
        Kind::Tool => program(tool_may_not()?, SeccompAction::Allow, errno(EPERM))?,
    };
    apply_filter(&filter)
}

fn program(rules: Rules, otherwise: SeccompAction, matched: SeccompAction) -> Result<BpfProgram, Error> {
    let target = TargetArch::try_from(std::env::consts::ARCH)?;
    Ok(SeccompFilter::new(rules, otherwise, matched, target)?.try_into()?)
}

const fn errno(number: i32) -> SeccompAction {
    SeccompAction::Errno(number.unsigned_abs())
}

fn rules(calls: &[i64]) -> Rules {
    calls.iter().map(|call| (*call, Vec::new())).collect()
}

fn worker_may() -> Result<Rules, Error> {
    let mut may = rules(WORKER_MAY);
    #[cfg(target_arch = "x86_64")]
    may.extend(rules(&[libc::SYS_poll]));
    let own = u64::from(std::process::id());
    // New threads, no new processes.
    may.insert(SYS_clone, vec![all_of(vec![bits(0, libc::CLONE_THREAD, true)?])?]);
    // Memory, but none that can be run.
    for call in [libc::SYS_mmap, libc::SYS_mprotect] {
        may.insert(call, vec![all_of(vec![bits(2, libc::PROT_EXEC, false)?])?]);
    }
    // A thread may name itself, and the allocator its memory.
    let names = [libc::PR_SET_NAME, PR_SET_VMA].map(|what| all_of(vec![equal(0, unsigned(what))?]));
    may.insert(libc::SYS_prctl, names.into_iter().collect::<Result<_, _>>()?);
    // Signals to itself, which is how `abort` works.
    may.insert(libc::SYS_tgkill, vec![all_of(vec![equal(0, own)?])?]);
    // Limits of itself may be read.
    may.insert(libc::SYS_prlimit64, vec![all_of(vec![equal(0, 0)?, equal(2, 0)?])?]);
    Ok(may)
}

fn tool_may_not() -> Result<Rules, Error> {
    let mut not = rules(TOOL_MAY_NOT);
    #[cfg(target_arch = "x86_64")]
    not.extend(rules(&[
        libc::SYS_fork,
        libc::SYS_vfork,
        libc::SYS_modify_ldt,
        libc::SYS_ioperm,
        libc::SYS_iopl,
    ]));
    not.insert(SYS_clone, vec![all_of(vec![bits(0, libc::CLONE_THREAD, false)?])?]);
    if let Some(offset) = X32 {
        let again: Rules = not.iter().map(|(call, conditions)| (call + offset, conditions.clone())).collect();
        not.extend(again);
    }
    Ok(not)
}

fn all_of(conditions: Vec<SeccompCondition>) -> Result<SeccompRule, Error> {
    Ok(SeccompRule::new(conditions)?)
}

/// Whether all of these bits of an argument are set, or none.
fn bits(argument: u8, mask: i32, set: bool) -> Result<SeccompCondition, Error> {
    let mask = unsigned(mask);
    let wanted = if set { mask } else { 0 };
    Ok(SeccompCondition::new(argument, SeccompCmpArgLen::Qword, SeccompCmpOp::MaskedEq(mask), wanted)?)
}

fn equal(argument: u8, value: u64) -> Result<SeccompCondition, Error> {
    Ok(SeccompCondition::new(argument, SeccompCmpArgLen::Qword, SeccompCmpOp::Eq, value)?)
}

fn unsigned(bits: i32) -> u64 {
    u64::from(bits.cast_unsigned())
}

/// Not in every version of the `libc` crate (linux/prctl.h).
const PR_SET_VMA: i32 = 0x5356_4d41;

/// What a worker may call without conditions. `clone3` is refused by the other filter.
const WORKER_MAY: &[i64] = &[
    libc::SYS_brk,
    libc::SYS_clock_getres,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_clone3,
    libc::SYS_close,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_fstat,
    libc::SYS_futex,
    libc::SYS_getpid,
    libc::SYS_getrandom,
    libc::SYS_gettid,
    libc::SYS_gettimeofday,
    libc::SYS_lseek,
    libc::SYS_madvise,
    libc::SYS_membarrier,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_nanosleep,
    libc::SYS_ppoll,
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_restart_syscall,
    libc::SYS_rseq,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_set_robust_list,
    libc::SYS_sigaltstack,
    libc::SYS_write,
    libc::SYS_writev,
];

/// What no tool needs.
const TOOL_MAY_NOT: &[i64] = &[
    // The network, and sockets of any kind.
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_bind,
    libc::SYS_connect,
    libc::SYS_listen,
    libc::SYS_recvfrom,
    libc::SYS_recvmmsg,
    libc::SYS_recvmsg,
    libc::SYS_sendmmsg,
    libc::SYS_sendmsg,
    libc::SYS_sendto,
    libc::SYS_socket,
    libc::SYS_socketpair,
    // Other processes. `execve` stays: the stage becomes the tool by it, and what else could be run
    // has nothing more than the tool.
    libc::SYS_execveat,
    libc::SYS_kcmp,
    libc::SYS_kill,
    libc::SYS_pidfd_getfd,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_send_signal,
    libc::SYS_process_madvise,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_ptrace,
    libc::SYS_rt_sigqueueinfo,
    libc::SYS_rt_tgsigqueueinfo,
    libc::SYS_tkill,
    // The machine.
    libc::SYS_acct,
    libc::SYS_adjtimex,
    libc::SYS_chroot,
    libc::SYS_clock_adjtime,
    libc::SYS_clock_settime,
    libc::SYS_delete_module,
    libc::SYS_finit_module,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fsopen,
    libc::SYS_fspick,
    libc::SYS_init_module,
    libc::SYS_kexec_load,
    libc::SYS_mount,
    libc::SYS_mount_setattr,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_pivot_root,
    libc::SYS_quotactl,
    libc::SYS_reboot,
    libc::SYS_setdomainname,
    libc::SYS_sethostname,
    libc::SYS_setns,
    libc::SYS_settimeofday,
    libc::SYS_swapoff,
    libc::SYS_swapon,
    libc::SYS_syslog,
    libc::SYS_umount2,
    libc::SYS_unshare,
    libc::SYS_vhangup,
    // Ways around, and doors that often stood open.
    libc::SYS_add_key,
    libc::SYS_bpf,
    libc::SYS_fanotify_init,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_io_uring_setup,
    libc::SYS_keyctl,
    libc::SYS_name_to_handle_at,
    libc::SYS_open_by_handle_at,
    libc::SYS_perf_event_open,
    libc::SYS_request_key,
    libc::SYS_userfaultfd,
    libc::SYS_vmsplice,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_call_is_both_needed_and_dangerous() {
        for call in WORKER_MAY {
            assert!(!TOOL_MAY_NOT.contains(call), "{call}");
        }
    }

    #[test]
    fn both_filters_can_be_built() {
        assert!(program(worker_may().unwrap(), errno(EPERM), SeccompAction::Allow).unwrap().len() > 50);
        assert!(program(tool_may_not().unwrap(), SeccompAction::Allow, errno(EPERM)).unwrap().len() > 100);
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn a_forbidden_call_is_forbidden_under_its_other_number_too() {
        let not = tool_may_not().unwrap();
        assert!(not.contains_key(&libc::SYS_socket) && not.contains_key(&(libc::SYS_socket + 0x4000_0000)));
    }
}
