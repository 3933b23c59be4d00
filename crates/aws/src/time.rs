//! Time as the JSON protocols write it: seconds since 1970, with a fraction.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(pub Timestamp);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds = f64::deserialize(deserializer)?;
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 are far below 2^53")]
        let milliseconds = (seconds * 1000.0).round() as i64;
        Timestamp::from_millisecond(milliseconds).map(Self).map_err(D::Error::custom)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
        let seconds = self.0.as_millisecond() as f64 / 1000.0;
        serializer.serialize_f64(seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_number_of_seconds() {
        let time: Time = serde_json::from_str("1700000000.123").unwrap();
        assert_eq!(time.0.to_string(), "2023-11-14T22:13:20.123Z");
        assert_eq!(serde_json::to_string(&time).unwrap(), "1700000000.123");
    }
}
