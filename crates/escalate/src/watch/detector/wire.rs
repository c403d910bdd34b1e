//! A small binary form for state that is written often: a format byte, zig-zag varints, fixed bytes.

/// Writes one value.
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn new(format: u8) -> Self {
        Self(vec![format])
    }

    pub(super) fn number(&mut self, value: i64) {
        let mut rest = ((value << 1) ^ (value >> 63)) as u64;
        while rest >= 0x80 {
            self.0.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        self.0.push(rest as u8);
    }

    pub(super) fn fixed(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    pub(super) fn done(self) -> Vec<u8> {
        self.0
    }
}

/// Reads one value.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8], format: u8) -> Result<Self, String> {
        match bytes.split_first() {
            Some((found, rest)) if *found == format => Ok(Self(rest)),
            Some((found, _)) => Err(format!("format {found} is unknown, {format} is read")),
            None => Err("empty value".into()),
        }
    }

    pub(super) fn number(&mut self) -> Result<i64, String> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let [byte] = self.fixed()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok((value >> 1) as i64 ^ -((value & 1) as i64));
            }
        }
        Err("number too long".into())
    }

    pub(super) fn fixed<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let (head, rest) = self.0.split_first_chunk::<N>().ok_or("value ends too early")?;
        self.0 = rest;
        Ok(*head)
    }
}
