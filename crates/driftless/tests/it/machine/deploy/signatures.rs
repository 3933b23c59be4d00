//! Releases that are signed with a key of the account, and what is refused where that is demanded.

use std::fs;

use serde_json::Value;

use super::account::Account;

const BUCKET: &str = "items-driftless-123456789012-us-east-1";

/// Exit code of a difference.
const DIFFERS: i32 = 6;

#[test]
fn what_is_deployed_is_signed_where_the_foundation_has_a_key() {
    let Some(account) = Account::start() else { return };
    account.ready("dev");
    let without = account.refuses(1, "signed", "deploy -e dev --yes");
    assert!(without.err.contains("signed with `alias/items/signatures`, and there is no such key"), "{}", without.err);
    assert!(without.err.contains("hint: `driftless bootstrap`"), "{}", without.err);
    account.succeeds("signed", "bootstrap -e dev --yes");
    account.succeeds("signed", "deploy -e dev --yes");
    let verified = account.succeeds("signed", "verify -e dev --no-drift");
    assert_eq!(verified.out.matches("same       it is signed with the key sha256:").count(), 2, "{}", verified.out);
    assert!(verified.out.contains("✓ record of release 1\n    same       it is signed"), "{}", verified.out);
    // Whoever may write to the bucket, and not sign, writes another number of tasks.
    let record = format!("/{BUCKET}/releases/dev/00000001.json");
    let whole = account.ask("GET", &record, None);
    let mut forged: Value = serde_json::from_str(&whole).unwrap();
    forged["variables"]["tasks"]["backend"] = 9.into();
    let put = |text: &str| {
        let file = account.path("record");
        fs::write(&file, text).unwrap();
        account.ask("PUT", &record, Some(&file));
    };
    put(&forged.to_string());
    for words in ["deploy -e dev --yes", "rollback 1 -e dev --yes", "scale backend=2 -e dev --yes", "drift -e dev"] {
        let refused = account.refuses(1, "signed", words);
        assert!(refused.err.contains("release 1 of `dev` is not what was signed: "), "{words}: {}", refused.err);
    }
    let verified = account.run("signed", "verify -e dev --no-drift");
    assert_eq!(verified.code, DIFFERS);
    assert!(verified.out.contains("whose record is not signed\nhint: "), "{}", verified.out);
    put(&whole);
    // Another key than the images were signed with.
    account.python(
        "kms = account.client('kms')\n\
         key = kms.create_key(KeySpec='ECC_NIST_P256', KeyUsage='SIGN_VERIFY')['KeyMetadata']['KeyId']\n\
         kms.update_alias(AliasName='alias/items/signatures', TargetKeyId=key)",
    );
    let other = account.run("signed", "verify -e dev --no-drift");
    assert_eq!(other.code, DIFFERS);
    assert!(other.out.contains("DIFFERENT  it is not signed with the key sha256:"), "{}", other.out);
    assert!(other.out.contains("the signature is not one of the key"), "{}", other.out);
}

#[test]
fn what_is_not_signed_is_not_released_where_that_is_demanded() {
    let Some(account) = Account::start() else { return };
    account.ready_for("demanding", "dev");
    let refused = account.refuses(1, "demanding", "deploy -e dev --yes");
    assert!(refused.err.contains("of `backend` may not be released: it is not signed with the key"), "{}", refused.err);
    assert!(refused.err.contains("`driftless push --bundle DIR`"), "{}", refused.err);
    account.succeeds("demanding", "push");
    account.succeeds("demanding", "deploy -e dev --yes");

    // Whoever leaves the demand out of the bundle has to meet it once more.
    let refused = account.refuses(1, "signed", "deploy -e dev --yes");
    assert!(refused.err.contains("may not be released"), "{}", refused.err);
    account.succeeds("signed", "push");
    account.succeeds("signed", "deploy -e dev --yes");
    account.succeeds("signed-again", "deploy -e dev --yes");

    // A record without a signature is none to go back to; deployed again, the same release gets another one.
    account.ask("DELETE", &format!("/{BUCKET}/releases/dev/00000003.sigstore.json"), None);
    let refused = account.refuses(1, "demanding", "rollback 3 -e dev --yes");
    assert!(refused.err.contains("release 3 of `dev` is not signed, and may not be released"), "{}", refused.err);
    let again = account.succeeds("signed-again", "deploy -e dev --yes");
    assert!(again.out.contains("live: release 4 of `dev`"), "{}{}", again.err, again.out);

    // So do the other ways to a release.
    let refused = account.refuses(1, "demanding-more", "deploy -e dev --yes");
    assert!(refused.err.contains("may not be released"), "{}", refused.err);
    account.succeeds("demanding", "rollback 1 -e dev --yes");
    account.succeeds("demanding", "scale backend=2 -e dev --yes");
}
