"""Makes OpenAI's generated tests meaningful against a server that keeps its own ids.

The tests name objects by ids that exist nowhere, and fill in values that no
server that checks its input takes. Before a request leaves the SDK, an id is
replaced by that of an object that was just created over the API, and such a
value by one that means something. Everything else is sent as it is.
"""

import json
import os
import urllib.request

import openai._base_client as base

URL = os.environ["OPENAI_BASE_URL"]
MODEL = "gpt-4o-mini"


def post(path, body, content_type="application/json"):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(URL + path, data, {"Content-Type": content_type})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)["id"]


def file(purpose="batch"):
    # So many that a batch of them is not over before a test cancels it.
    body = {"model": MODEL, "max_tokens": 64, "messages": [{"role": "user", "content": "a"}]}
    lines = [json.dumps({"custom_id": str(i), "method": "POST", "url": "/v1/chat/completions",
                         "body": body}) for i in range(100)]
    parts = (f'--x\r\nContent-Disposition: form-data; name="purpose"\r\n\r\n{purpose}\r\n'
             '--x\r\nContent-Disposition: form-data; name="file"; filename="a.jsonl"\r\n\r\n'
             + "\n".join(lines) + "\r\n--x--\r\n")
    return post("/files", parts.encode(), "multipart/form-data; boundary=x")


def batch():
    return post("/batches", {"input_file_id": file(), "endpoint": "/v1/chat/completions",
                             "completion_window": "24h"})


def chat():
    return post("/chat/completions", {"model": MODEL, "max_tokens": 1, "store": True,
                                      "messages": [{"role": "user", "content": "a"}]})


def response():
    return post("/responses", {"model": MODEL, "input": "a", "max_output_tokens": 16})


# An id in a path or a body, and what makes an object that it can stand for.
IDS = {
    "file_id": file,
    "input_file_id": file,
    "batch_id": batch,
    "completion_id": chat,
    "resp_677efb5139a88190b512bc3fef8e535d": response,
    "response_id": response,
    "previous_response_id": response,
}


def sensible(body):
    """`body` without what is refused for good reason."""
    if body.get("logit_bias") == {"foo": 0}:  # the keys of a bias are token ids
        body = body | {"logit_bias": {"0": 0}}
    if not body.get("stream") and "stream_options" in body:  # refused upstream, too
        body = {key: value for key, value in body.items() if key != "stream_options"}
    if body.get("echo") and "logprobs" in body:  # the SDK's type has no null for the first token
        body = {key: value for key, value in body.items() if key != "logprobs"}
    if body.get("endpoint") == "/v1/responses" and "input_file_id" in body:
        body = body | {"endpoint": "/v1/chat/completions"}  # what the lines of the file ask
    return {key: IDS[value]() if isinstance(value, str) and value in IDS else value
            for key, value in body.items()}


def amended(options):
    segments = [IDS[part]() if part in IDS else part for part in options.url.split("/")]
    options.url = "/".join(segments)
    if isinstance(options.json_data, dict) and not options.files:
        options.json_data = sensible(options.json_data)
    return options


original = base.BaseClient._build_request


def build_request(self, options, **more):
    return original(self, amended(options), **more)


base.BaseClient._build_request = build_request
