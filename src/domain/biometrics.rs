//! What a model of Apple's opens its lock screen with beside the passcode. Only models that are sure are told; whatever is not
//! listed has "Face ID or Touch ID".

/// Which of the two a device has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Biometrics {
    FaceId,
    TouchId,
    /// Not known.
    #[default]
    Either,
}

impl Biometrics {
    /// From the name of the model as device managements write it ("iPhone 16 Pro", "iPhone SE (3rd generation)", "iPad Air").
    /// Source: Apple Support, "iPhone and iPad models that support Face ID", and the models with a home button.
    #[must_use]
    pub fn of_model(model: &str) -> Self {
        let Some(rest) = model.trim().strip_prefix("iPhone") else { return Self::Either };
        let name = rest.trim_start();
        // An identifier ("iPhone15,2") is counted otherwise than the names are.
        if !rest.starts_with(' ') || name.contains(',') {
            return Self::Either;
        }
        let word = name.split_whitespace().next().unwrap_or_default();
        match word {
            "SE" => Self::TouchId,
            "X" | "XR" | "XS" | "Air" => Self::FaceId,
            _ => {
                let digits: String = word.chars().take_while(char::is_ascii_digit).collect();
                match digits.parse::<u32>() {
                    // 5s, 6, 6s, 7 and 8; the 5 and 5c have neither, and no iOS that is managed today.
                    Ok(5..=8) => Self::TouchId,
                    // The 16e and 17e have it too.
                    Ok(11..=99) => Self::FaceId,
                    Ok(_) | Err(_) => Self::Either,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_models_that_are_sure_are_told() {
        let face = [
            "iPhone 16",
            "iPhone 11 Pro Max",
            "iPhone X",
            "iPhone XS Max",
            "iPhone 13 mini",
            "iPhone 16e",
            " iPhone Air ",
        ];
        let touch = ["iPhone SE (3rd generation)", "iPhone SE", "iPhone 8 Plus", "iPhone 6s", "iPhone 5s"];
        let either = [
            "",
            "iPad",
            "iPad Pro (11-inch)",
            "iPhone",
            "iPhone15,2",
            "iPhone 15,2",
            "iPhone 4",
            "iPhone 9",
            "iPhone new",
        ];
        for (models, expected) in [
            (&face[..], Biometrics::FaceId),
            (&touch[..], Biometrics::TouchId),
            (&either[..], Biometrics::Either),
        ] {
            for model in models {
                assert_eq!(Biometrics::of_model(model), expected, "{model}");
            }
        }
    }
}
