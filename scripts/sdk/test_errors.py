"""OpenAI's errors, as the SDK of the book's days and the newest one raise them.

Each row is asked of the running server through the SDK that is installed, plain
and, where that is possible, as a stream, which must fail before its first byte.
"""

import json
import os
import re
import socket
import time
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import openai
import pytest

OLD = openai.VERSION.startswith("0.") if hasattr(openai, "VERSION") else False
URL, KEYED, KEY = (os.environ[name] for name in
                   ("OPENAI_BASE_URL", "LYCEUM_KEYED_URL", "LYCEUM_KEY"))
LIMITED, SPENT = os.environ["LYCEUM_LIMITED_KEY"], os.environ["LYCEUM_SPENT_KEY"]
MODEL = "gpt-3.5-turbo"
USER = [{"role": "user", "content": "the cat"}]

REQUEST = "invalid_request_error"


def completion(**more):
    return "/completions", {"model": MODEL, "prompt": "the cat", "max_tokens": 4, **more}


def chat(**more):
    return "/chat/completions", {"model": MODEL, "messages": USER, "max_tokens": 4, **more}


# What is asked; status, param, code, and words of the message that programs look for.
ROWS = {
    "unknown model": (completion(model="gpt-9"), 404, None, "model_not_found", "does not exist"),
    "unknown chat model": (chat(model="gpt-9"), 404, None, "model_not_found", "does not exist"),
    "no model": (("/completions", {"prompt": "a"}), 400, None, None,
                 "you must provide a model parameter"),
    "no messages": (("/chat/completions", {"model": MODEL}), 400, "messages",
                    "missing_required_parameter", "messages"),
    "no prompts": (completion(prompt=[]), 400, "prompt", "array_below_min_length", "prompt"),
    "wrong type": (completion(n="x"), 400, "n", "invalid_type", "n"),
    "wrong prompt": (completion(prompt={"a": 1}), 400, "prompt", "invalid_type", "prompt"),
    "wrong messages": (chat(messages="hello"), 400, "messages", "invalid_type", "messages"),
    "decimal above": (completion(temperature=200), 400, "temperature",
                      "decimal_above_max_value", "Expected a value <= 2, but got 200 instead."),
    "decimal below": (chat(temperature=-1), 400, "temperature", "decimal_below_min_value",
                      "Expected a value >= 0"),
    "penalty above": (chat(presence_penalty=2.5), 400, "presence_penalty",
                      "decimal_above_max_value", "<= 2"),
    "integer above": (completion(logprobs=6), 400, "logprobs", "integer_above_max_value", "<= 5"),
    "chat integer above": (chat(logprobs=True, top_logprobs=21), 400, "top_logprobs",
                           "integer_above_max_value", "<= 20"),
    "integer below": (completion(n=0), 400, "n", "integer_below_min_value", ">= 1"),
    "too many prompts": (completion(prompt=["a"] * 2049), 400, "prompt",
                         "array_above_max_length", "2048"),
    "too many stops": (completion(stop=list("abcde")), 400, "stop", "array_above_max_length", "4"),
    "not in the enum": (chat(messages=[{"role": "wizard", "content": "a"}]), 400,
                        "messages[0].role", "invalid_value", "wizard"),
    "no infill": (completion(model="ada", suffix="."), 400, "suffix", "unsupported_value", "suffix"),
    "strange bias": (completion(logit_bias={"foo": 1}), 400, "logit_bias", "invalid_value", "foo"),
    "bias out of range": (completion(logit_bias={"5": 101}), 400, "logit_bias",
                          "decimal_above_max_value", "100"),
    "ids of another vocabulary": (completion(prompt=[999999]), 400, "prompt", "invalid_value",
                                  "999999"),
    "completion too long": (completion(max_tokens=100000), 400, None, "context_length_exceeded",
                            "maximum context length is 256 tokens"),
    "chat too long": (chat(messages=[{"role": "user", "content": "the cat " * 4000}]), 400,
                      "messages", "context_length_exceeded",
                      "maximum context length is 256 tokens"),
    "best_of of a stream": (completion(best_of=3, stream=True), 400, "best_of",
                            "unsupported_value", "best_of"),
    "n above best_of": (completion(n=3, best_of=2), 400, None, None,
                        "You requested that the server return more choices than it will generate"),
    "unknown URL": (("/nowhere", {}), 404, None, None, "Invalid URL (POST /v1/nowhere)"),
}


def ask(path, body, url=URL, key="sk-local", stream=False, method="post", headers=None):
    """The error that the SDK raises."""
    body = body | {"stream": True} if stream else body
    with pytest.raises(openai.error.OpenAIError if OLD else openai.APIStatusError) as raised:
        if OLD:
            requestor = openai.api_requestor.APIRequestor(key, api_base=url)
            requestor.request(method, path, body, headers=headers, stream=stream)
        else:
            client = openai.OpenAI(base_url=url, api_key=key, max_retries=0)
            if method == "get":
                client.get(path, cast_to=object, options={"headers": headers or {}})
            else:
                client.post(path, cast_to=object, body=body, stream=stream,
                            stream_cls=openai.Stream[object] if stream else None,
                            options={"headers": headers or {}})
    return raised.value


def class_of(status):
    if OLD:
        names = {401: "AuthenticationError", 403: "PermissionError", 429: "RateLimitError",
                 503: "ServiceUnavailableError"}
        invalid = "InvalidRequestError" if status in (400, 404, 415) else "APIError"
        return getattr(openai.error, names.get(status, invalid))
    names = {400: "BadRequestError", 401: "AuthenticationError", 403: "PermissionDeniedError",
             404: "NotFoundError", 422: "UnprocessableEntityError", 429: "RateLimitError"}
    other = "InternalServerError" if status >= 500 else "APIStatusError"
    return getattr(openai, names.get(status, other))


def check(error, status, param, code, words, kind=REQUEST):
    assert type(error) is class_of(status), repr(error)
    # Of a 503 the old SDK keeps the body, and reads nothing in it.
    body = (error.json_body or json.loads(error.http_body))["error"] if OLD else error.body
    assert set(body) == {"message", "type", "param", "code"}, "all four keys, always"
    assert (body["type"], body["param"], body["code"]) == (kind, param, code), body
    assert words in body["message"], body
    if OLD:
        assert error.http_status == status
        if isinstance(error, openai.error.InvalidRequestError):
            assert (error.param, error.code) == (param, code)
    else:
        assert (error.status_code, error.type, error.param, error.code) == (
            status, kind, param, code)
        assert error.request_id.startswith("req_")


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
@pytest.mark.parametrize("row", ROWS)
def test_row(row, stream):
    (path, body), *want = ROWS[row]
    check(ask(path, body, stream=stream), *want)


def test_methods_of_the_sdk_raise_the_same():
    """The rows go by the SDKs' general requests; the resources raise no other errors."""
    with pytest.raises(class_of(404)) as raised:
        if OLD:
            openai.Completion.create(model="gpt-9", prompt="a")
        else:
            openai.OpenAI().completions.create(model="gpt-9", prompt="a")
    check(raised.value, 404, None, "model_not_found", "gpt-9")
    with pytest.raises(class_of(400)) as raised:
        if OLD:
            openai.ChatCompletion.create(model=MODEL, messages=USER, n=0)
        else:
            openai.OpenAI().chat.completions.create(model=MODEL, messages=USER, n=0)
    check(raised.value, 400, "n", "integer_below_min_value", "n")


@pytest.mark.parametrize("ask_for", [completion, chat])
def test_options_of_a_stream_need_a_stream(ask_for):
    error = ask(*ask_for(stream_options={"include_usage": True}))
    check(error, 400, "stream_options", "invalid_value", "stream_options")


def test_an_unknown_model_is_not_retrieved():
    want = 404, "model", "model_not_found", "gpt-9"
    check(ask("/models/gpt-9", {}, method="get"), *want)


def test_a_wrong_method():
    check(ask("/completions", {}, method="get"), 405, None, None, "Not allowed to GET on")


def test_json_that_cannot_be_parsed(monkeypatch):
    if OLD:
        monkeypatch.setattr(json, "dumps", lambda *_, **__: '{"model": "gpt')
        error = ask("/completions", {"a": 1})
        monkeypatch.undo()
    else:
        client = openai.OpenAI(max_retries=0)
        with pytest.raises(openai.APIStatusError) as raised:
            client.post("/completions", cast_to=object, content=b'{"model": "gpt')
        error = raised.value
    check(error, 400, None, None, "We could not parse the JSON body of your request")


def test_no_key():
    error = ask(*completion(), url=KEYED, headers={"Authorization": ""})
    check(error, 401, None, None, "You didn't provide an API key.")


def test_a_wrong_key_is_shown_masked():
    error = ask(*completion(), url=KEYED, key="sk-wrong-0123456789")
    check(error, 401, None, "invalid_api_key", "Incorrect API key provided: sk-w")
    assert "sk-wrong-0123456789" not in str(error)


def test_the_right_key():
    if OLD:
        list_ = openai.Model.list(api_key=KEY, api_base=KEYED)
    else:
        list_ = openai.OpenAI(base_url=KEYED, api_key=KEY).models.list()
    assert len(list_.data) > 1


def test_a_body_that_is_too_large():
    """The answer comes before all of the body is sent, which cannot be told on every system."""
    error = ask(*completion(prompt="a" * (33 << 20)))
    check(error, 413, None, None, "")


def test_a_model_without_a_template():
    error = ask(*chat(), url=KEYED, key=KEY)
    check(error, 404, "model", None, "Did you mean to use v1/completions?")


def headers_of(error):
    return error.headers if OLD else error.response.headers


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
def test_a_rate_limit(stream):
    """The key may ask once in a minute; whether this is the first time is not known."""
    used = urllib.request.Request(KEYED + "/tokenize", b"{}",
                                  {"Authorization": f"Bearer {LIMITED}"})
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(used)
    error = ask(*completion(), url=KEYED, key=LIMITED, stream=stream)
    check(error, 429, None, "rate_limit_exceeded", "Rate limit reached", kind="requests")
    assert 1 <= int(headers_of(error)["retry-after"]) <= 60


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
def test_a_budget_that_is_spent(stream):
    error = ask(*completion(), url=KEYED, key=SPENT, stream=stream)
    check(error, 429, None, "insufficient_quota", "budget", kind="insufficient_quota")
    assert headers_of(error)["x-should-retry"] == "false"


def test_another_organization():
    error = ask(*completion(), url=KEYED, key=KEY, headers={"OpenAI-Organization": "org-other"})
    check(error, 401, None, "mismatched_organization", "should match organization for API key")


def waiting():
    with urllib.request.urlopen(URL.removesuffix("/v1") + "/metrics") as answer:
        lines = re.findall(r"lyceum_sequences_waiting{.*} (\d+)", answer.read().decode())
    return sum(map(int, lines))


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
def test_an_engine_whose_queue_is_full(stream):
    """Whoever asks then hears so at once; and who leaves the queue makes room."""
    # A model of some size, as a tiny one empties its queue at once.
    body = json.dumps({"model": "ada", "prompt": "the cat", "max_tokens": 200, "n": 128}).encode()
    head = (f"POST /v1/completions HTTP/1.1\r\nhost: localhost\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n").encode()
    address = urlsplit(URL)
    sockets = [socket.create_connection((address.hostname, address.port)) for _ in range(8)]
    for one in sockets:
        one.sendall(head + body)
    deadline = time.monotonic() + 60
    while waiting() < 940:
        assert time.monotonic() < deadline, "the queue is not filled"
    error = ask(*completion(model="ada", n=128), stream=stream)
    check(error, 503, None, None, "overloaded", kind="server_error")
    assert int(headers_of(error)["retry-after"]) >= 1
    for one in sockets:
        one.close()
    while waiting() > 0:
        assert time.monotonic() < deadline, "those who left still wait"
