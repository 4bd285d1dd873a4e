//! The program in the images of the sample: it prints one line and ends.
//!
//! Written out as the bytes of an ELF file for Linux on x86-64, since no toolchain is at hand where a server runs.
//! Sources: System V ABI, “Object Files”; Linux system calls `write` (1) and `exit` (60).

/// Where the file is loaded.
const BASE: u64 = 0x40_0000;
const HEADERS: u64 = 64 + 56;

/// An executable that prints `line`.
pub fn printing(line: &str) -> Vec<u8> {
    let code = code(line.len());
    let size = HEADERS + to_u64(code.len() + line.len());
    let mut file = file_header();
    file.extend(program_header(size));
    file.extend(code);
    file.extend(line.as_bytes());
    file
}

fn file_header() -> Vec<u8> {
    let mut header = b"\x7fELF\x02\x01\x01".to_vec();
    header.resize(16, 0);
    header.extend([2, 0, 62, 0]); // an executable for x86-64
    header.extend(1_u32.to_le_bytes());
    header.extend((BASE + HEADERS).to_le_bytes()); // where it starts
    header.extend(64_u64.to_le_bytes()); // where the program header is
    header.extend([0; 12]); // no sections, no flags
    for size in [64_u16, 56, 1, 64, 0, 0] {
        header.extend(size.to_le_bytes());
    }
    header
}

/// All of the file is one segment that can be read and executed.
fn program_header(size: u64) -> Vec<u8> {
    let mut header = Vec::new();
    for kind in [1_u32, 5] {
        header.extend(kind.to_le_bytes());
    }
    for value in [0, BASE, BASE, size, size, 0x1000] {
        header.extend(value.to_le_bytes());
    }
    header
}

fn code(length: usize) -> Vec<u8> {
    let length = u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes();
    [
        &[0xb8, 1, 0, 0, 0][..],          // mov eax, 1
        &[0xbf, 1, 0, 0, 0],              // mov edi, 1
        &[0x48, 0x8d, 0x35, 16, 0, 0, 0], // lea rsi, [rip + 16], the line after this code
        &[0xba],                          // mov edx, length
        &length,
        &[0x0f, 0x05],        // syscall
        &[0xb8, 60, 0, 0, 0], // mov eax, 60
        &[0x31, 0xff],        // xor edi, edi
        &[0x0f, 0x05],        // syscall
    ]
    .concat()
}

fn to_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(all(test, target_os = "linux", target_arch = "x86_64"))]
mod tests {
    use super::printing;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::process::Command;

    #[test]
    fn it_runs_and_prints_its_line() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("hello");
        fs::write(&file, printing("I am a sample.\n")).expect("writes");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("sets the mode");
        let ran = Command::new(&file).output().expect("runs");
        assert!(ran.status.success(), "{:?}", ran.status);
        assert_eq!(ran.stdout, b"I am a sample.\n");
    }
}
