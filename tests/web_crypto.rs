//! Signatures by the browser's own Web Crypto: what was signed elsewhere is accepted, anything else is refused.
//!
//! The keys and signatures were made once with Node's Web Crypto over the bytes `header.payload`.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")]

use passcode_portal::auth::{JwsAlgorithm, Sha};
use passcode_portal::browser::crypto::{SignatureRefused, verify};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const SIGNED: &[u8] = b"header.payload";

struct Sample {
    algorithm: JwsAlgorithm,
    jwk: &'static str,
    signature: &'static str,
}

const SAMPLES: [Sample; 10] = [
    Sample {
        algorithm: JwsAlgorithm::Rs(Sha::Sha256),
        jwk: r#"{"kty":"RSA","n":"x2xi1RcbLL_uXa3sVqDs-iZKWyyiKnR9uytT-TH7dMWDcZNgfihEcwThsgwyBsBfpQXtd8zVnvpzNBNLGAClPZxmj0qqvnK5nM3aQl96C_DhPribMOtad27vd1Omp27g0Lr2bEgh_i1H56gf07yyAI1yO52qreeOahfDxvvD5MjwQxh4fQo0JGq7POReJO7-WD_3ESm5FCdBP8AMAITNQCk3osOrARg4RsjrDoS9DJAHnr6ureif1LAhyOWZ_Gps7Rv1CKp2cJNs1RQjF8H_lQHmY_glhhqtWv5bXlZAzBNKdtUSUFRAlp1BGNyU_WZNQP_HEhW1fc6mkEvanu3Yjw","e":"AQAB","alg":"RS256","use":"sig","kid":"RsaPkcs1"}"#,
        signature: "75259160978263247c0402f07ce8a4f4865e4772736629580cb1184a4a9b91a6169764950c4b6bff88409b86c5535bf872a359085fc750dc5b4376cda05431249c83520e16f59fcd25973d514c8ab355554a09ca613a96ac2b1be23cae57b1b8505a11553d936a4d31d10b2e9525151937081c394ed535d68a7cabcfbb8c3596bd4ef960d9630a89bcdd7a447033d62598a5312f1110f9845d6208cf7953888c317ce0c5485be09f038b9daeb9d28443cb5ba2fd4bc6fd181b871bc5690b0f537479eecac48a60a094d4b1d9a6de28f428744ddbfdd85302602a05052ce9a484dec9e4221aa9f64f6f47ad6d9e7d10b539de40863c9ad913b7d167ac75dbcfab",
    },
    Sample {
        algorithm: JwsAlgorithm::Ps(Sha::Sha256),
        jwk: r#"{"kty":"RSA","n":"x840DK7xdlWSpSmq0_r__ucjgMSHmSsLvxQHf55SDIkSWrAHKFI_-f9WZqZaCMZNotcr6BEKrwLU552OiFWhwa6Xxl7E99NV98xl4gvGC45Qnbku07pe3i6x3pB6WXl90nswxx0YiDiRSe99UhnWmxVvUvJLZNMi3qy9jIci9qPoNQee8BTV5Di51u8USzukVq9tigWcuHxWBdK_pYy7NxaourlJszjop7G27eNRDVy3pcGIyGunnf8Wg3mndFeC-MrFIlbh2D8FOhuNRzDEUbwikRd-fVqiCdjtAehzB59eY8sR8IdlDcL9YmAj9w6awlifQh2XTSfKKA-WdNXOfQ","e":"AQAB","alg":"PS256","use":"sig","kid":"RsaPss"}"#,
        signature: "8192e6388b1828650e2b5fb6d3c3fedae4adc2637f5d6e5a0c8e9bded44beb877326c6fe616d498e7b5c7cbd2e12b9669733a862b374b853aa9b14fca4eab9e2ae48a7e0995d6b4306a720b564e5a16628748b370c2bb6f866deb40bda1da96e005fa4fc1157619bec1e2c24c2cd997447a85dcbf891214f1d9ecbd00239f670f9de8b3644a03ab9a07fbc6499c09c2ad5248dc02fe4159a6861336ed4804733e198d646d8a4c50195eeb5020601e3d1cf9bf121beb2aac22507ec236b834cd3b231449cd19b734e36ca79d00e868c0de55b35414149479a62b19d05545bb27f70055642bc5abdf0c9e44a9da2d1ac4171fac12ec62e9ce59201e253caecb5ee",
    },
    Sample {
        algorithm: JwsAlgorithm::Es(Sha::Sha256),
        jwk: r#"{"kty":"EC","x":"dSkXo-v8nsmXoLQQwlGjdO6CWZ2PdqJAEQa5p4DOT1w","y":"ueSmkk-hpzWK1iEbGUgyO8vkamw8iOoW_pYcaAFZfjs","crv":"P-256","use":"sig","kid":"Ecdsa"}"#,
        signature: "0b278b8baa6b3ff1b253127d4134bdc44b05600cca8b41aa9420ba27c0d5c6179bb34b6cab5c7cd979862c177df855e23a30c902bf9ff18b994ea20be7196780",
    },
    Sample {
        algorithm: JwsAlgorithm::Rs(Sha::Sha384),
        jwk: r#"{"kty":"RSA","n":"pVPkNMRXgGOSAEOHqb9jumcLk6Yn4DUygDAIt6DWsXtXUEpV3MOk128Nhb5NzsQixAT7XH2hDVym57UPA-lYBUtLG30Ep8k3GTghCQuQGyxbev3jNHNlh-8hynht_UBx3mfz2cQUUf5izwKQjhSZIVf30q691nS0vAbIHbfm_b0PJPABpNpMKwmwsSRGIzCbxM1TmktLZ4XKlogZT0J7CyGd_bUioDQJMoVxDlac7x12pUOsBOJ8IzT-83MG6MesuOYwda0HevqjwRbUBgnImIUm6iYzKiG6otMHnG1s_VUqKts7_NTza9chpP1J_ChWi1Uqoc9CymZTcCTFFdrfxQ","e":"AQAB","alg":"RS384","use":"sig","kid":"RS384"}"#,
        signature: "3e9f5c5d8d4fac18b9fa1428b316e30faaa23bd903e3e3b512763e75be4f2b6edcb19dc108bab280e19c16049ddf8d1c415b2b8cad4b0bb554486f22e0778baf83d3c772f01c44d9bb142cbb27ca6f588f857b6e387e1d249eebdc71b153153801256d241f55bc77a76877765e0c03f9535405b202ed5ccdc2bdefe3661317c285c0ceaea02de72eb28450c493a5a9ea26b3de21b09cd11e30373c3154962e5933f2978982994c151352c6019062bd27f4000661197c8ad4c179b4ba912fa8f7292b26085c1da2a126896e36069ff797e0e57346cdf647b6c201d52f7e2287eee91dcaad7b276ed85807a98c1b174b27e507bba3083826dd333f8f5a5a382c31",
    },
    Sample {
        algorithm: JwsAlgorithm::Rs(Sha::Sha512),
        jwk: r#"{"kty":"RSA","n":"spHS_Wb2x799ttruuAeaG8gM6Y4CxQof1DP-3lgPjm92sdRHeKnfDjU9-xb1rp8TA9-w6OF9oui6avWnuSp5jZxpR1KgRQmHpDU0sNce0yYRLf2Y59Zivb2yfPOjt_OnpEJyf-RubDNAfefbZomg_kx6vQ41aox6IVL0T6KyaDJ203n0Q1cEJsjcCymNokft40F-_D89vW9JRAbebJZ3-TjUEQAI54vU60R_BTcps5fvCWKLqSQ1z4bQsf04voXrmYS73eVSfV94z3P-h696A-vMr2BDO_8ntJUJZG17IYmeaO8vvNIg_Ez0Fb8slQskKzwUhmZbrbN-eaFFixcOLw","e":"AQAB","alg":"RS512","use":"sig","kid":"RS512"}"#,
        signature: "0794a2775309563734f08ffd6975b683672d800ed8aaeba72084d19aab82454096ef82617aee7f484d7623da43bed2bbce1e69cb5646b9ac4e466b7588975b2036610dcb76836309bfa52ace0db4ba0c847a6311559c2123208317907f94f056ef4ff030b837588eee0534785109be0c88f5351934eafe990309480b120699f698a6c087f9d483bdf0d2b28c0946babc13a6a461c6bb3d29bea1bb8d8f2787de27cf92e830e2dff374f0053de1102b5e73c3d84762f2125b008b8ed4ed9c297d91a60dc604adf533337bf92a1e6aca78ec8abed4181d820d9e11da298732997974004ed654572841f7334f2280a32a0b531c31c1f827dd3e62e2c90a2b032e22",
    },
    Sample {
        algorithm: JwsAlgorithm::Ps(Sha::Sha384),
        jwk: r#"{"kty":"RSA","n":"pr-9lCvKS8gPqT4JW2F9jBOrKV5MgRAcFunMApPj4ADJG_-9fJbHM7rKvueaaUK5wQHyJp1KqfstGJ-masiIjmGiOo0K3SCl_zblUji1Fimsztdyk9KN_o2vdyLTqUqUVoYMs9bqmW6-QgPCOeCO-ISlrTHYAu6dKZYNJJZVmnPblImYRL8kiEkNiP7q16w1M_tVUDzrYhkcW97rxWbtT4QlsuaZGgdHCH1CvkSOJUnNTPnWQ2Z3Ty8aULsn86xppugURV9tLb_JJNJFNSSz4gZiDQe3lRbVYjinTpKOZeW5NtriSRGJmzGHpL-z3VOzRFxnnJWH3n-uuxsp01gcuQ","e":"AQAB","alg":"PS384","use":"sig","kid":"PS384"}"#,
        signature: "448c18b4e01d0c92aa9ce275e2f3aab8dfc2e4d4ef6b8a05298caa7510c15cf920faa1116a7ed8e6f5703443895a59b2af608935db14b70b02a0f625ff5f4aa8d4a4d9aa1bc22a27a2a764a0e09612564b67d79d6583be4c7e3db870700c11dfa17fb0b3349bb82a6d152769d63573796b61680f55abbaab2a850e1b30f7be35b1174f7e887ca4cc038026bb4a5a3b3f997a19e617263cc4e54fe32011b5197984c4ef2c9035e8487c0f08311c6bd4e46b4c00d76a6249b0a276e48b7fc68d51f2df1052fd4f6091662e64c9babba862b2c04e2caaca178d66061174a67083f10b8bff5e2ccdb747d777684f9de1873e4e14faa1a638ebd4e1d6b6f8104c8ac8",
    },
    Sample {
        algorithm: JwsAlgorithm::Ps(Sha::Sha512),
        jwk: r#"{"kty":"RSA","n":"rsvW5SJzEea3VneDWtoz52EgPfFqfHX-MwBGbjQY33Q-NvJ_4AKZL8ct6D972i3MDiTTGJH4sJ64gpmDTo5ai9q_u671_Yxa4UsUt3rT9DXlg0i9dEeUiCVOZdtRAb4XXXA0lemPMgJY5Nq_-5KGha3BPdBh3PF1eyec3EeEfxhLRaRqF2pxcgpPCKeYLo3v0qcNG-h9Fu2ertuPZ19gAJh5zdRv_MbPqTFiDwKE-g9S7hlGAXWseUSdVho0Tj6tNTHEdvACBLXLWbxhgVqmzviGZWqd1le_hDUbjv6D_g0J1EsssXkEstLb2gvCoS50fl3xdqUrETbBh-rqWW9HgQ","e":"AQAB","alg":"PS512","use":"sig","kid":"PS512"}"#,
        signature: "7c992ce5587fd85634f76aa2355839d44f2aaa5a3937317cb341c25f4e375ee06e841869d19bbecae503317815d28732185de2e2783696c152f23e96f8251f1b442c27507e59154a596fe11baea80ade99f88aca8494e8629418d8f46cd201bef5a166a8dbbb2cf1aba81422401546487c8a054604ba1c960e35b463d6d1e8f3c4a5ea3457ead4f3fde6d76890f0b539ace7ce2870009493ac9b6c1a3fd85f3cbee74a98fbad41a0bce444d2a010b9754c1d082d901fccdbefd062a9373787f612b8b3e42a15118d14d6e9ee0232fc6ff18b6161380b7da19bd87174d96a0f02db3b4f8fa1742a5a137138e079eeb36a97595265e8b0c79950a75c6709c71782",
    },
    Sample {
        algorithm: JwsAlgorithm::Es(Sha::Sha384),
        jwk: r#"{"kty":"EC","x":"tzU8G7ZrXuhxUsOW8XTomCiz4HfMETMlJ0nszqDPzXfb1aLYXQKxelaLVn6U6La5","y":"tC02bMso_h4H43HtrykthtIQe1sGmqqQPncdPNLilDsh8m-B0nZ2MX4BqbGOXoGR","crv":"P-384","use":"sig","kid":"ES384"}"#,
        signature: "1d325480f355b5071faae40feb3b05380a5ebc4767e32c38b96a0829c18fb10796ad8e579dcd7725dba60188866247d055d467e9526ec6a4c10183a5034b4789dec5f2b48faabb958f4f4b6a66a5f7de205d96c8f10e272e810d0e5cda6fc275",
    },
    Sample {
        algorithm: JwsAlgorithm::Es(Sha::Sha512),
        jwk: r#"{"kty":"EC","x":"ATrPxVJgcLym80JryOJBMu4sQ0rNqvSNuJF2RmHZY6M4kqBXezrslAkuDaSlrNxLnKAY5l7nXLKTTMsfW3-BOXvd","y":"AUnXq0ldAp-YKLKrNHr8YHEaGjWW_C3Row6CkXCafCJwZdeihMBtf6Lu6kY-zhzszKnLxInZZ5JxCJXysPQNl2HJ","crv":"P-521","use":"sig","kid":"ES512"}"#,
        signature: "006a2fc3fed7dc20d62f6125c4af5e7d96632671340f335a23ee235c86f703fbc0e5d74f1561dd8f89f42ce4ee37a58e145f749b05ffc8cbff3d066dd4e16edc70340055f52476f934fcd61e0e520c214ecae1eddb773efd943c23e21235b1aa4c5967ecd07e1434b923dfda828c1159e0ab4ba0fd44a7c68a70ee36927058b1351fd9b0",
    },
    Sample {
        algorithm: JwsAlgorithm::EdDsa,
        jwk: r#"{"crv":"Ed25519","x":"OkbeT8kHhV6g9-cyBxk1EtNvRjBOqvGWi9FsOtLm3IU","kty":"OKP","alg":"Ed25519","use":"sig","kid":"EdDSA"}"#,
        signature: "da630c292162a86cdea2840769f9c1bae23de356576ff8c1100e8f3c8e60cfc3e01e26e7f44328964451902fca5dcadaa1f45df5b98ee7ba319bf4478bcb6b0e",
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
    let [first, second, ..] = &SAMPLES;
    let answer = verify(first.algorithm, second.jwk, SIGNED, &bytes(first.signature)).await;
    assert!(answer.is_err());
}

#[wasm_bindgen_test]
async fn a_key_that_is_no_key_is_refused() {
    for jwk in ["", "null", "{}", r#"{"kty":"oct","k":"c2VjcmV0"}"#, r#"{"kty":"RSA","n":"AQAB"}"#] {
        let answer = verify(JwsAlgorithm::Rs(Sha::Sha256), jwk, SIGNED, &[0; 256]).await;
        assert_eq!(answer, Err(SignatureRefused::BadKey), "{jwk}");
    }
}
