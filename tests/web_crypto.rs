//! Signatures by the browser's own Web Crypto: what was signed elsewhere is accepted, anything else is refused.
//!
//! The keys and signatures were made once with Node's Web Crypto over the bytes `header.payload`.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")]

use passcode_portal::browser::crypto::{SignatureRefused, WebCryptoAlgorithm, verify};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const SIGNED: &[u8] = b"header.payload";

struct Sample {
    algorithm: WebCryptoAlgorithm,
    jwk: &'static str,
    signature: &'static str,
}

const SAMPLES: [Sample; 3] = [
    Sample {
        algorithm: WebCryptoAlgorithm::RsaPkcs1,
        jwk: r#"{"kty":"RSA","n":"x2xi1RcbLL_uXa3sVqDs-iZKWyyiKnR9uytT-TH7dMWDcZNgfihEcwThsgwyBsBfpQXtd8zVnvpzNBNLGAClPZxmj0qqvnK5nM3aQl96C_DhPribMOtad27vd1Omp27g0Lr2bEgh_i1H56gf07yyAI1yO52qreeOahfDxvvD5MjwQxh4fQo0JGq7POReJO7-WD_3ESm5FCdBP8AMAITNQCk3osOrARg4RsjrDoS9DJAHnr6ureif1LAhyOWZ_Gps7Rv1CKp2cJNs1RQjF8H_lQHmY_glhhqtWv5bXlZAzBNKdtUSUFRAlp1BGNyU_WZNQP_HEhW1fc6mkEvanu3Yjw","e":"AQAB","alg":"RS256","use":"sig","kid":"RsaPkcs1"}"#,
        signature: "75259160978263247c0402f07ce8a4f4865e4772736629580cb1184a4a9b91a6169764950c4b6bff88409b86c5535bf872a359085fc750dc5b4376cda05431249c83520e16f59fcd25973d514c8ab355554a09ca613a96ac2b1be23cae57b1b8505a11553d936a4d31d10b2e9525151937081c394ed535d68a7cabcfbb8c3596bd4ef960d9630a89bcdd7a447033d62598a5312f1110f9845d6208cf7953888c317ce0c5485be09f038b9daeb9d28443cb5ba2fd4bc6fd181b871bc5690b0f537479eecac48a60a094d4b1d9a6de28f428744ddbfdd85302602a05052ce9a484dec9e4221aa9f64f6f47ad6d9e7d10b539de40863c9ad913b7d167ac75dbcfab",
    },
    Sample {
        algorithm: WebCryptoAlgorithm::RsaPss,
        jwk: r#"{"kty":"RSA","n":"x840DK7xdlWSpSmq0_r__ucjgMSHmSsLvxQHf55SDIkSWrAHKFI_-f9WZqZaCMZNotcr6BEKrwLU552OiFWhwa6Xxl7E99NV98xl4gvGC45Qnbku07pe3i6x3pB6WXl90nswxx0YiDiRSe99UhnWmxVvUvJLZNMi3qy9jIci9qPoNQee8BTV5Di51u8USzukVq9tigWcuHxWBdK_pYy7NxaourlJszjop7G27eNRDVy3pcGIyGunnf8Wg3mndFeC-MrFIlbh2D8FOhuNRzDEUbwikRd-fVqiCdjtAehzB59eY8sR8IdlDcL9YmAj9w6awlifQh2XTSfKKA-WdNXOfQ","e":"AQAB","alg":"PS256","use":"sig","kid":"RsaPss"}"#,
        signature: "8192e6388b1828650e2b5fb6d3c3fedae4adc2637f5d6e5a0c8e9bded44beb877326c6fe616d498e7b5c7cbd2e12b9669733a862b374b853aa9b14fca4eab9e2ae48a7e0995d6b4306a720b564e5a16628748b370c2bb6f866deb40bda1da96e005fa4fc1157619bec1e2c24c2cd997447a85dcbf891214f1d9ecbd00239f670f9de8b3644a03ab9a07fbc6499c09c2ad5248dc02fe4159a6861336ed4804733e198d646d8a4c50195eeb5020601e3d1cf9bf121beb2aac22507ec236b834cd3b231449cd19b734e36ca79d00e868c0de55b35414149479a62b19d05545bb27f70055642bc5abdf0c9e44a9da2d1ac4171fac12ec62e9ce59201e253caecb5ee",
    },
    Sample {
        algorithm: WebCryptoAlgorithm::Ecdsa,
        jwk: r#"{"kty":"EC","x":"dSkXo-v8nsmXoLQQwlGjdO6CWZ2PdqJAEQa5p4DOT1w","y":"ueSmkk-hpzWK1iEbGUgyO8vkamw8iOoW_pYcaAFZfjs","crv":"P-256","use":"sig","kid":"Ecdsa"}"#,
        signature: "0b278b8baa6b3ff1b253127d4134bdc44b05600cca8b41aa9420ba27c0d5c6179bb34b6cab5c7cd979862c177df855e23a30c902bf9ff18b994ea20be7196780",
    },
];

fn bytes(hex: &str) -> Vec<u8> {
    hex.as_bytes()
        .chunks(2)
        .map(|pair| {
            let pair = std::str::from_utf8(pair).expect("hexadecimal text");
            u8::from_str_radix(pair, 16).expect("hexadecimal digits")
        })
        .collect()
}

#[wasm_bindgen_test]
async fn a_signature_of_each_allowed_algorithm_is_accepted() {
    for sample in &SAMPLES {
        let answer = verify(sample.algorithm, sample.jwk, SIGNED, &bytes(sample.signature)).await;
        assert_eq!(answer, Ok(()), "{:?}", sample.algorithm);
    }
}

#[wasm_bindgen_test]
async fn a_signature_over_other_bytes_is_refused() {
    for sample in &SAMPLES {
        let answer = verify(sample.algorithm, sample.jwk, b"header.payloae", &bytes(sample.signature)).await;
        assert_eq!(answer, Err(SignatureRefused::BadSignature), "{:?}", sample.algorithm);
    }
}

#[wasm_bindgen_test]
async fn a_signature_by_another_key_is_refused() {
    let [first, second, _] = &SAMPLES;
    let answer = verify(first.algorithm, second.jwk, SIGNED, &bytes(first.signature)).await;
    assert!(answer.is_err());
}

#[wasm_bindgen_test]
async fn a_key_that_is_no_key_is_refused() {
    for jwk in ["", "null", "{}", r#"{"kty":"oct","k":"c2VjcmV0"}"#, r#"{"kty":"RSA","n":"AQAB"}"#] {
        let answer = verify(WebCryptoAlgorithm::RsaPkcs1, jwk, SIGNED, &[0; 256]).await;
        assert_eq!(answer, Err(SignatureRefused::BadKey), "{jwk}");
    }
}
