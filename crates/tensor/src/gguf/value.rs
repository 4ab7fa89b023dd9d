//! Metadata values, read and written.

use super::cursor::Cursor;
use super::strings::Strings;
use crate::error::LoadError;

/// Arrays may hold arrays, this deep. Nobody is known to go beyond two.
const MAX_DEPTH: usize = 8;

const BOOL: u32 = 7;
const STRING: u32 = 8;
const ARRAY: u32 = 9;

/// A metadata value of one of the format's thirteen types.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    U8(u8),
    I8(i8),
    U16(u16),
    I16(i16),
    U32(u32),
    I32(i32),
    F32(f32),
    Bool(bool),
    String(String),
    Array(Array),
    U64(u64),
    I64(i64),
    F64(f64),
}

/// An array: all elements have one type. Typed vectors rather than a vector of
/// values, so that memory stays in proportion to the file.
#[derive(Clone, Debug, PartialEq)]
pub enum Array {
    U8(Vec<u8>),
    I8(Vec<i8>),
    U16(Vec<u16>),
    I16(Vec<i16>),
    U32(Vec<u32>),
    I32(Vec<i32>),
    F32(Vec<f32>),
    Bool(Vec<bool>),
    String(Strings),
    Array(Vec<Array>),
    U64(Vec<u64>),
    I64(Vec<i64>),
    F64(Vec<f64>),
}

/// The eleven number types: `$apply!(code, variant, type)` for each.
macro_rules! numbers {
    ($code:expr, $apply:ident, $otherwise:expr) => {
        match $code {
            0 => $apply!(U8, u8),
            1 => $apply!(I8, i8),
            2 => $apply!(U16, u16),
            3 => $apply!(I16, i16),
            4 => $apply!(U32, u32),
            5 => $apply!(I32, i32),
            6 => $apply!(F32, f32),
            10 => $apply!(U64, u64),
            11 => $apply!(I64, i64),
            12 => $apply!(F64, f64),
            _ => $otherwise,
        }
    };
}

/// Reads a type and a value of it; `key` names the field in errors.
pub(super) fn read(cursor: &mut Cursor, key: &str) -> Result<Value, LoadError> {
    let code = cursor.u32(key)?;
    macro_rules! number {
        ($variant:ident, $type:ty) => {{
            let bytes = cursor.take(size_of::<$type>() as u64, key)?;
            let bytes = bytes.try_into().expect("as many as were taken");
            Value::$variant(<$type>::from_le_bytes(bytes))
        }};
    }
    Ok(numbers!(
        code,
        number,
        match code {
            BOOL => Value::Bool(bool_from(cursor.u8(key)?, cursor, key)?),
            STRING => Value::String(cursor.string(key)?),
            ARRAY => Value::Array(read_array(cursor, key, MAX_DEPTH, 0)?),
            _ => return Err(unknown_type(cursor, key, code)),
        }
    ))
}

/// An array in an array takes at least its type and its count.
const INNER: usize = 4 + 8;

/// Reads an element type, a count and the elements, after which `after` bytes
/// are spoken for: the arrays around this one have counted them as theirs, and
/// what is counted once at each level would cost memory at each.
fn read_array(
    cursor: &mut Cursor,
    key: &str,
    depth: usize,
    after: usize,
) -> Result<Array, LoadError> {
    let code = cursor.u32(key)?;
    let count = cursor.u64(key)?;
    macro_rules! number {
        ($variant:ident, $type:ty) => {{
            const SIZE: usize = size_of::<$type>();
            let count = cursor.check_count_before(count, SIZE, after, key)?;
            let bytes = cursor.take((count * SIZE) as u64, key)?;
            let (elements, _) = bytes.as_chunks::<SIZE>();
            Array::$variant(
                elements
                    .iter()
                    .map(|e| <$type>::from_le_bytes(*e))
                    .collect(),
            )
        }};
    }
    Ok(numbers!(
        code,
        number,
        match code {
            BOOL => {
                cursor.check_count_before(count, 1, after, key)?;
                let bytes = cursor.take(count, key)?;
                let flags = bytes.iter().map(|&b| bool_from(b, cursor, key));
                Array::Bool(flags.collect::<Result<_, _>>()?)
            }
            STRING => {
                let count = cursor.check_count_before(count, 8, after, key)?;
                Array::String(read_strings(cursor, key, count)?)
            }
            ARRAY if depth == 1 => {
                let wanted = format!("nested at most {MAX_DEPTH} deep");
                return Err(cursor.format(key, wanted, "deeper arrays"));
            }
            ARRAY => {
                let count = cursor.check_count_before(count, INNER, after, key)?;
                let mut arrays = Vec::with_capacity(count);
                for i in 0..count {
                    let after = after + (count - 1 - i) * INNER;
                    arrays.push(read_array(cursor, key, depth - 1, after)?);
                }
                Array::Array(arrays)
            }
            _ => return Err(unknown_type(cursor, key, code)),
        }
    ))
}

/// All strings are checked as one text, which takes less time than each; where
/// that fails, one after the other, to tell which it is.
fn read_strings(cursor: &mut Cursor, key: &str, count: usize) -> Result<Strings, LoadError> {
    let mut again = cursor.clone();
    let (mut bytes, mut ends) = (Vec::new(), Vec::with_capacity(count));
    for _ in 0..count {
        let len = cursor.u64(key)?;
        bytes.extend_from_slice(cursor.take(len, key)?);
        ends.push(bytes.len());
    }
    if let Some(strings) = Strings::new(bytes, ends) {
        return Ok(strings);
    }
    (0..count).map(|_| again.str(key)).collect()
}

fn bool_from(byte: u8, cursor: &Cursor, key: &str) -> Result<bool, LoadError> {
    match byte {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(cursor.format(key, "a bool, 0 or 1", byte)),
    }
}

fn unknown_type(cursor: &Cursor, key: &str, code: u32) -> LoadError {
    cursor.format(format!("type of {key}"), "0 to 12", code)
}

impl Value {
    /// The type's name, for errors.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Bool(_) => "a bool",
            Self::String(_) => "a string",
            Self::Array(_) => "an array",
            Self::F32(_) | Self::F64(_) => "a float",
            _ => "an integer",
        }
    }

    /// An integer of any type, if it is not negative.
    pub(super) fn as_u64(&self) -> Option<u64> {
        match *self {
            Self::U8(v) => Some(v.into()),
            Self::U16(v) => Some(v.into()),
            Self::U32(v) => Some(v.into()),
            Self::U64(v) => Some(v),
            Self::I8(v) => v.try_into().ok(),
            Self::I16(v) => v.try_into().ok(),
            Self::I32(v) => v.try_into().ok(),
            Self::I64(v) => v.try_into().ok(),
            _ => None,
        }
    }

    /// Appends type and value.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        macro_rules! number {
            ($code:expr, $v:expr) => {{
                out.extend(u32::to_le_bytes($code));
                out.extend($v.to_le_bytes());
            }};
        }
        match self {
            Self::U8(v) => number!(0, v),
            Self::I8(v) => number!(1, v),
            Self::U16(v) => number!(2, v),
            Self::I16(v) => number!(3, v),
            Self::U32(v) => number!(4, v),
            Self::I32(v) => number!(5, v),
            Self::F32(v) => number!(6, v),
            Self::Bool(v) => number!(BOOL, u8::from(*v)),
            Self::String(v) => {
                out.extend(STRING.to_le_bytes());
                write_string(v, out);
            }
            Self::Array(v) => {
                out.extend(ARRAY.to_le_bytes());
                v.write(out);
            }
            Self::U64(v) => number!(10, v),
            Self::I64(v) => number!(11, v),
            Self::F64(v) => number!(12, v),
        }
    }
}

impl Array {
    /// Appends element type, count and elements.
    fn write(&self, out: &mut Vec<u8>) {
        fn head(code: u32, count: usize, out: &mut Vec<u8>) {
            out.extend(code.to_le_bytes());
            out.extend((count as u64).to_le_bytes());
        }
        macro_rules! numbers {
            ($code:expr, $v:expr) => {{
                head($code, $v.len(), out);
                $v.iter().for_each(|v| out.extend(v.to_le_bytes()));
            }};
        }
        match self {
            Self::U8(v) => numbers!(0, v),
            Self::I8(v) => numbers!(1, v),
            Self::U16(v) => numbers!(2, v),
            Self::I16(v) => numbers!(3, v),
            Self::U32(v) => numbers!(4, v),
            Self::I32(v) => numbers!(5, v),
            Self::F32(v) => numbers!(6, v),
            Self::Bool(v) => {
                head(BOOL, v.len(), out);
                out.extend(v.iter().map(|&b| u8::from(b)));
            }
            Self::String(v) => {
                head(STRING, v.len(), out);
                v.iter().for_each(|s| write_string(s, out));
            }
            Self::Array(v) => {
                head(ARRAY, v.len(), out);
                v.iter().for_each(|a| a.write(out));
            }
            Self::U64(v) => numbers!(10, v),
            Self::I64(v) => numbers!(11, v),
            Self::F64(v) => numbers!(12, v),
        }
    }
}

/// Appends a length and UTF-8.
pub(super) fn write_string(text: &str, out: &mut Vec<u8>) {
    out.extend((text.len() as u64).to_le_bytes());
    out.extend(text.as_bytes());
}
