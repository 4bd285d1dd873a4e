//! What Linux knows of this process, under the names that Prometheus' clients use for it. Elsewhere nothing is known.

use std::fs;

#[derive(Debug, Default)]
pub struct Process {
    pub cpu_seconds: Option<f64>,
    pub resident_bytes: Option<i64>,
    pub open_files: Option<i64>,
}

/// Ticks in a second of what `/proc/self/stat` counts: the same on every Linux (`man 5 proc`, `USER_HZ` of `man 7 time`).
const TICKS: f64 = 100.0;

pub fn read() -> Process {
    Process {
        cpu_seconds: fs::read_to_string("/proc/self/stat").ok().and_then(|text| cpu_seconds(&text)),
        resident_bytes: fs::read_to_string("/proc/self/status").ok().and_then(|text| resident_bytes(&text)),
        open_files: fs::read_dir("/proc/self/fd").ok().and_then(|files| i64::try_from(files.count()).ok()),
    }
}

/// The fields `utime` and `stime`, the 14th and 15th; the second one is a name that may hold anything but its last `)`.
fn cpu_seconds(stat: &str) -> Option<f64> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u32>().ok();
    Some((f64::from(ticks()?) + f64::from(ticks()?)) / TICKS)
}

/// The line `VmRSS`, in kibibytes.
fn resident_bytes(status: &str) -> Option<i64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: i64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_proc_are_read_past_any_name() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194304 12 0 0 0 250 150 0 0 20 0 3 0 99 1 2";
        assert_eq!(cpu_seconds(stat), Some(4.0));
        assert_eq!(cpu_seconds("7 a b"), None);
        assert_eq!(resident_bytes("Name:\tx\nVmRSS:\t   2048 kB\n"), Some(2_097_152));
        assert_eq!(resident_bytes("Name:\tx\n"), None);
    }
}
