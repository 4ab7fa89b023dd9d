//! What templates expect of Python: `json.dumps` and `strftime`.

use minijinja::value::{Kwargs, ValueKind};
use minijinja::{Error, ErrorKind, Value};
use serde_json::Value as Json;

/// Deepest value that is written.
const DEPTH: usize = 64;

/// `json.dumps(value, ensure_ascii=False, indent=indent)`: a space behind
/// colons and, on one line, commas; nothing escaped for HTML.
pub(super) fn to_json(value: &Value, kwargs: Kwargs) -> Result<Value, Error> {
    let indent = kwargs.get::<Option<usize>>("indent")?;
    // The separators and the order are not changed by any template we know.
    for ignored in ["ensure_ascii", "sort_keys", "separators"] {
        let _ = kwargs.get::<Option<Value>>(ignored)?;
    }
    kwargs.assert_all_used()?;
    if value.kind() == ValueKind::Undefined {
        let why = "tojson of something that is not defined";
        return Err(Error::new(ErrorKind::UndefinedError, why));
    }
    let json = serde_json::to_value(value).map_err(|e| {
        Error::new(
            ErrorKind::BadSerialization,
            "tojson of a value that is not JSON",
        )
        .with_source(e)
    })?;
    let mut out = String::new();
    write(&json, indent.map(|indent| indent.min(16)), 0, &mut out)?;
    Ok(Value::from_safe_string(out))
}

fn write(value: &Json, indent: Option<usize>, depth: usize, out: &mut String) -> Result<(), Error> {
    if depth > DEPTH {
        return Err(Error::new(
            ErrorKind::InvalidOperation,
            "tojson of a value nested too deep",
        ));
    }
    match value {
        Json::Array(list) if !list.is_empty() => {
            out.push('[');
            for (i, item) in list.iter().enumerate() {
                separate(i, indent, depth + 1, out);
                write(item, indent, depth + 1, out)?;
            }
            line(indent, depth, out);
            out.push(']');
        }
        Json::Object(map) if !map.is_empty() => {
            out.push('{');
            for (i, (key, item)) in map.iter().enumerate() {
                separate(i, indent, depth + 1, out);
                out.push_str(&Json::from(key.as_str()).to_string());
                out.push_str(": ");
                write(item, indent, depth + 1, out)?;
            }
            line(indent, depth, out);
            out.push('}');
        }
        leaf => out.push_str(&leaf.to_string()),
    }
    Ok(())
}

fn separate(i: usize, indent: Option<usize>, depth: usize, out: &mut String) {
    if i > 0 {
        out.push_str(if indent.is_some() { "," } else { ", " });
    }
    line(indent, depth, out);
}

fn line(indent: Option<usize>, depth: usize, out: &mut String) {
    if let Some(indent) = indent {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', indent * depth));
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = [
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
];

/// C's `strftime` in UTC for the fields that templates use; others stay.
pub(super) fn strftime(format: &str, now_s: i64) -> String {
    let (days, second) = (now_s.div_euclid(86_400), now_s.rem_euclid(86_400));
    let (year, month, day) = date(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let month_name = MONTHS[month as usize - 1];
    let day_name = DAYS[days.rem_euclid(7) as usize];
    let mut out = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('Y') => out += &year.to_string(),
            Some('y') => out += &format!("{:02}", year.rem_euclid(100)),
            Some('m') => out += &format!("{month:02}"),
            Some('d') => out += &format!("{day:02}"),
            Some('B') => out += month_name,
            Some('b') => out += &month_name[..3],
            Some('A') => out += day_name,
            Some('a') => out += &day_name[..3],
            Some('H') => out += &format!("{hour:02}"),
            Some('I') => out += &format!("{:02}", (hour + 11) % 12 + 1),
            Some('p') => out += if hour < 12 { "AM" } else { "PM" },
            Some('M') => out += &format!("{minute:02}"),
            Some('S') => out += &format!("{second:02}"),
            Some('F') => out += &format!("{year}-{month:02}-{day:02}"),
            Some('T') => out += &format!("{hour:02}:{minute:02}:{second:02}"),
            Some('%') => out.push('%'),
            Some(other) => out.extend(['%', other]),
            None => out.push('%'),
        }
    }
    out
}

/// Year, month and day of a count of days since 1970, in the Gregorian
/// calendar: 400 years have 146,097 days, and years are counted from March.
fn date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, day) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let of_month = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + i64::from(month <= 2), month, of_month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_the_calendar_s() {
        let format = "%A %a %d %B %b %Y %y %H:%M:%S %I%p %F %T %% %Q";
        let want = "Thursday Thu 29 February Feb 2024 24 13:05:09 01PM 2024-02-29 13:05:09 % %Q";
        assert_eq!(strftime(format, 1_709_211_909), want);
        assert_eq!(strftime("%F %a", 0), "1970-01-01 Thu");
        assert_eq!(strftime("%F %a", -1), "1969-12-31 Wed");
    }
}
