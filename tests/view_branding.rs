//! What the organisation has entered about itself, as the page uses it.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop at once")]

use passcode_portal::words::{BrandColour, mail_address, telephone_address, web_address};

/// The contrast ratio of WCAG 2.2 between a colour and black or white, with the exact curve of sRGB.
fn contrast(channels: [u8; 3], words: &str) -> f64 {
    let linear = |channel: u8| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    let [red, green, blue] = channels.map(linear);
    let luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    if words == "#000" { (luminance + 0.05) / 0.05 } else { 1.05 / (luminance + 0.05) }
}

#[test]
fn words_on_any_brand_colour_can_be_read() {
    let mut lowest = f64::INFINITY;
    for red in (0..=255).step_by(3) {
        for green in (0..=255).step_by(3) {
            for blue in (0..=255).step_by(5) {
                let colour = BrandColour::parse(&format!("#{red:02x}{green:02x}{blue:02x}")).unwrap();
                lowest = lowest.min(contrast([red, green, blue], colour.words()));
            }
        }
    }
    assert!(lowest >= 4.5, "{lowest}");
}

#[test]
fn only_six_digits_are_a_brand_colour() {
    for bad in ["", "blue", "#fff", "1f5fa8", "#1f5fag", "#+f5fa8", "#1f5fa8;x", "#１f5fa8"] {
        assert_eq!(BrandColour::parse(bad), None, "{bad}");
    }
    assert!(BrandColour::parse(" #1F5FA8 ").is_some());
}

#[test]
fn an_extension_is_not_dialled_as_part_of_the_number() {
    for (written, address) in [
        ("03-1234-5678 (内線 9999)", "tel:0312345678;ext=9999"),
        ("03-1234-5678（内線9999）", "tel:0312345678;ext=9999"),
        ("０３－１２３４－５６７８", "tel:0312345678"),
        ("+81 3 1234 5678 ext. 12", "tel:+81312345678;ext=12"),
        ("+1 (425) 555-0100 x7", "tel:+14255550100;ext=7"),
        ("425.555.0100 #7", "tel:4255550100;ext=7"),
        ("+1 425 555 0100;ext=7", "tel:+14255550100;ext=7"),
        ("+44 (0)20 7946 0000", "tel:+442079460000"),
        ("02-1234-5678 내선 31", "tel:0212345678;ext=31"),
        ("03-1234-5678 / 090-1234-5678", "tel:0312345678"),
        ("03-1234-5678 (平日 9-17 時)", "tel:0312345678"),
    ] {
        assert_eq!(telephone_address(written).as_deref(), Some(address), "{written}");
    }
    for none in ["", "ask the front desk", "内線 9999", "ext. 12"] {
        assert_eq!(telephone_address(none), None, "{none}");
    }
}

#[test]
fn only_an_address_of_the_web_is_a_link() {
    assert_eq!(web_address(" HTTPS://help.example/ ").as_deref(), Some("HTTPS://help.example/"));
    for bad in ["", "javascript:alert(1)", "help.example", "data:text/html,x", "httpsx"] {
        assert_eq!(web_address(bad), None, "{bad}");
    }
}

#[test]
fn a_mail_to_it_says_which_device_and_which_run_it_is_about() {
    assert_eq!(mail_address(" it@example.test ", "", &[]), "mailto:it@example.test");
    let lines = ["Device: \u{2068}A & B?\u{2069}".to_owned(), "Reference: r-1".to_owned()];
    assert_eq!(
        mail_address("it@example.test", "\u{2068}愛子\u{2069} #1", &lines),
        "mailto:it@example.test?subject=%E6%84%9B%E5%AD%90%20%231&body=Device%3A%20A%20%26%20B%3F%0D%0AReference%3A%20r%2D1"
    );
}
