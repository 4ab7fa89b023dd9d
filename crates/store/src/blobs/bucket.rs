//! Storage that speaks S3: Amazon's, or MinIO, Ceph, Garage and others at `AWS_ENDPOINT_URL`.

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::prefix::PrefixStore;
use object_store::{ClientConfigKey, ObjectStore, RetryConfig};

use super::BlobError;

/// Times that a request is asked again, and the time for it, and for all of them: enough for a part
/// of a blob on a slow line, and a client waits meanwhile.
const RETRIES: usize = 3;
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

pub(super) fn open(url: &str, patience: Duration) -> Result<Arc<dyn ObjectStore>, BlobError> {
    let wrong = || BlobError::Address(url.to_owned());
    let path = url.strip_prefix("s3://").ok_or_else(wrong)?;
    let (bucket, prefix) = path.split_once('/').unwrap_or((path, ""));
    if bucket.is_empty() || path.contains(['?', '#', '@']) {
        return Err(wrong());
    }
    // One that is installed already is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = AmazonS3Builder::from_env().with_bucket_name(bucket);
    let endpoints = [AmazonS3ConfigKey::Endpoint, AmazonS3ConfigKey::S3Endpoint];
    let mut endpoints = endpoints
        .iter()
        .filter_map(|key| builder.get_config_value(key));
    // Whoever writes http:// means it.
    if endpoints.any(|endpoint| endpoint.starts_with("http://")) {
        builder = builder.with_allow_http(true);
    }
    let timeout = AmazonS3ConfigKey::Client(ClientConfigKey::Timeout);
    let store = builder
        .with_config(timeout, format!("{}ms", patience.as_millis()))
        .with_retry(RetryConfig {
            max_retries: RETRIES,
            retry_timeout: patience,
            ..RetryConfig::default()
        })
        .build()
        .map_err(|e| BlobError::new("", e))?;
    match prefix.trim_end_matches('/') {
        "" => Ok(Arc::new(store)),
        prefix => Ok(Arc::new(PrefixStore::new(store, prefix))),
    }
}
