//! A span for each request, sent to a collector by OTLP over HTTP, in the words of OpenTelemetry's
//! conventions for HTTP and for generative AI:
//! <https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/>.
//!
//! Spans never hold what was said. The standard variables (`OTEL_EXPORTER_OTLP_HEADERS`,
//! `OTEL_EXPORTER_OTLP_PROTOCOL`, `OTEL_TRACES_SAMPLER`, `OTEL_SERVICE_NAME`, ...) are read by the
//! SDK.

use std::collections::HashMap;

use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::{Span as _, SpanKind, Status, Tracer as _, TracerProvider as _};
use opentelemetry::{Key, KeyValue, Value};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use server::Record;

use crate::report::{Exit, Failure, Outcome};

/// Variables that ask for spans where no flag does.
const ENDPOINTS: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
];

/// Variables that say how they are written.
const PROTOCOLS: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
    "OTEL_EXPORTER_OTLP_PROTOCOL",
];

/// Where collectors take spans.
const PATH: &str = "v1/traces";

pub struct Traces {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
    propagator: TraceContextPropagator,
}

impl Traces {
    /// None unless somebody asks for spans: nothing leaves the machine otherwise.
    pub fn start(endpoint: Option<&str>) -> Outcome<Option<Self>> {
        let given = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let endpoint = endpoint.filter(|url| !url.is_empty());
        if endpoint.is_none() && !ENDPOINTS.into_iter().any(given) {
            return Ok(None);
        }
        // One that is installed already is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut exporter = SpanExporter::builder().with_http();
        // What every collector understands, and what the specification takes by default.
        if !PROTOCOLS.into_iter().any(given) {
            exporter = exporter.with_protocol(Protocol::HttpBinary);
        }
        if let Some(endpoint) = endpoint {
            let base = endpoint.trim_end_matches('/').trim_end_matches(PATH);
            let base = base.trim_end_matches('/');
            exporter = exporter.with_endpoint(format!("{base}/{PATH}"));
        }
        let exporter = exporter.build().map_err(|e| {
            Failure::new(Exit::Usage, e)
                .context("cannot send traces")
                .help("--otlp-endpoint http://localhost:4318")
        })?;
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource())
            .build();
        Ok(Some(Self {
            tracer: provider.tracer("lyceum"),
            provider,
            propagator: TraceContextPropagator::new(),
        }))
    }

    pub fn request(&self, record: &Record) {
        let mut carrier = HashMap::new();
        for (name, value) in [
            ("traceparent", &record.traceparent),
            ("tracestate", &record.tracestate),
        ] {
            carrier.extend(value.clone().map(|value| (name.to_owned(), value)));
        }
        let parent = self.propagator.extract(&carrier);
        let builder = self
            .tracer
            .span_builder(name(record))
            .with_kind(SpanKind::Server)
            .with_start_time(record.began)
            .with_attributes(attributes(record));
        let mut span = self.tracer.build_with_context(builder, &parent);
        // Wrong requests are the clients' errors, not the server's.
        if record.status >= 500 {
            span.set_status(Status::error(""));
        }
        span.end_with_timestamp(record.began + record.took);
    }

    /// Sends what waits.
    pub fn stop(&self) {
        // A collector that is away is no reason to fail.
        let _ = self.provider.shutdown();
    }
}

fn resource() -> Resource {
    let detected = Resource::builder().build();
    let name = detected.get(&Key::new("service.name"));
    let named = name.is_some_and(|name| !name.as_str().starts_with("unknown_service"));
    let builder = Resource::builder();
    let builder = match named {
        true => builder,
        false => builder.with_service_name("lyceum"),
    };
    let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    builder.with_attribute(version).build()
}

/// What the conventions call it.
fn operation(endpoint: &'static str) -> &'static str {
    match endpoint {
        "completions" => "text_completion",
        "chat.completions" | "responses" | "edits" => "chat",
        other => other,
    }
}

fn name(record: &Record) -> String {
    match (record.endpoint, &record.model) {
        (Some(endpoint), Some(model)) => format!("{} {model}", operation(endpoint)),
        // Paths hold ids; patterns don't.
        _ => match &record.route {
            Some(route) => format!("{} {route}", record.method),
            None => record.method.clone(),
        },
    }
}

fn attributes(record: &Record) -> Vec<KeyValue> {
    let text = |text: &str| Value::from(text.to_owned());
    let mut all = vec![
        ("http.request.method", text(&record.method)),
        ("url.path", text(&record.path)),
        (
            "http.response.status_code",
            Value::from(i64::from(record.status)),
        ),
        (
            "http.request.body.size",
            Value::from(record.bytes_in as i64),
        ),
        (
            "http.response.body.size",
            Value::from(record.bytes_out as i64),
        ),
        ("lyceum.request_id", text(&record.id)),
    ];
    let mut add = |name, value: Option<Value>| all.extend(value.map(|value| (name, value)));
    add("http.route", record.route.as_deref().map(text));
    let key = Some(record.key_id.as_str()).filter(|id| !id.is_empty());
    add("lyceum.key_id", key.map(text));
    if let Some(endpoint) = record.endpoint {
        add("gen_ai.operation.name", Some(text(operation(endpoint))));
        add("gen_ai.provider.name", Some(text("lyceum")));
    }
    add("gen_ai.request.model", record.model.as_deref().map(text));
    if let Some(usage) = &record.usage {
        let count = |tokens: usize| Some(Value::from(tokens as i64));
        add("gen_ai.usage.input_tokens", count(usage.prompt_tokens));
        add("gen_ai.usage.output_tokens", count(usage.completion_tokens));
    }
    if let Some((kind, code)) = &record.error {
        add("error.type", Some(text(code.as_ref().unwrap_or(kind))));
    }
    all.into_iter()
        .map(|(name, value)| KeyValue::new(name, value))
        .collect()
}
