//! A layer of an image: a tar archive (POSIX.1-1988 “ustar”), the same bytes for the same files.

const BLOCK: usize = 512;

/// A file of a layer.
pub struct File<'a> {
    pub name: &'a str,
    /// In octal, as `chmod` takes it.
    pub mode: u32,
    pub content: &'a [u8],
}

/// The archive of some files. Names have at most 100 bytes.
pub fn archive(files: &[File]) -> Vec<u8> {
    let mut archive = Vec::new();
    for file in files {
        archive.extend(header(file));
        archive.extend(file.content);
        archive.resize(archive.len().next_multiple_of(BLOCK), 0);
    }
    archive.resize(archive.len() + 2 * BLOCK, 0);
    archive
}

fn header(file: &File) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    put(&mut block, 0, file.name);
    put(&mut block, 100, &format!("{:07o}", file.mode));
    put(&mut block, 108, "0000000"); // owner
    put(&mut block, 116, "0000000"); // group
    put(&mut block, 124, &format!("{:011o}", file.content.len()));
    put(&mut block, 136, "00000000000"); // changed at the epoch
    put(&mut block, 148, "        "); // the checksum counts itself as blanks
    put(&mut block, 156, "0"); // a file
    put(&mut block, 257, "ustar\x0000");
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    put(&mut block, 148, &format!("{sum:06o}\0 "));
    block
}

fn put(block: &mut [u8; BLOCK], at: usize, text: &str) {
    block[at..at + text.len()].copy_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::{File, archive};

    #[test]
    fn it_is_whole_blocks_with_the_names_sizes_and_checksums_that_tar_reads() {
        let archive = archive(&[
            File { name: "hello", mode: 0o755, content: b"run" },
            File { name: "etc/about", mode: 0o644, content: &[7; 513] },
        ]);
        assert_eq!(archive.len(), (1 + 1 + 1 + 2 + 2) * 512);
        assert_eq!(&archive[..6], b"hello\0");
        assert_eq!(&archive[124..135], b"00000000003");
        assert_eq!(&archive[1024..1034], b"etc/about\0");
        let header = &archive[..512];
        let sum = header.iter().enumerate().map(|(at, byte)| match at {
            148..156 => u32::from(b' '),
            _ => u32::from(*byte),
        });
        assert_eq!(header[148..155], *format!("{:06o}\0", sum.sum::<u32>()).as_bytes());
    }
}
