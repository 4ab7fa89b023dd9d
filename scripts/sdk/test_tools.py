"""Functions through the newest SDK: what its parsers and stream helpers make of calls.

A tiny model is as good as any where it must call: the grammar writes what it cannot.
"""

import json
import os
from typing import Literal

import openai
import pytest
from openai.lib.streaming.chat import FunctionToolCallArgumentsDoneEvent
from pydantic import BaseModel

MODEL = "gpt-4o-mini"
SERVER = {"base_url": os.environ["LYCEUM_ROOMY_URL"], "max_retries": 0}
client = openai.OpenAI(**SERVER)


class Weather(BaseModel):
    """Tells the weather."""

    city: Literal["Oslo", "Rome"]
    warm: bool


CHAT_TOOL = openai.pydantic_function_tool(Weather, name="weather")
TOOL = {"type": "function", "strict": True, "name": "weather",
        "parameters": CHAT_TOOL["function"]["parameters"]}
MUST = {"model": MODEL, "tool_choice": "required", "parallel_tool_calls": False,
        "temperature": 0}
ASKED = MUST | {"input": "How is the weather?", "tools": [TOOL], "max_output_tokens": 200}
CHAT = MUST | {"messages": [{"role": "user", "content": "How is the weather?"}],
               "tools": [CHAT_TOOL], "max_tokens": 200}


def only_call(response):
    assert response.status == "completed"
    [call] = response.output
    assert (call.type, call.name, call.status) == ("function_call", "weather", "completed")
    Weather.model_validate_json(call.arguments)
    return call


def result(call):
    return {"type": "function_call_output", "call_id": call.call_id,
            "output": [{"type": "input_text", "text": "It is raining."}]}


def test_a_call_is_answered_in_a_chain_and_at_once():
    first = client.responses.create(**ASKED)
    call = only_call(first)
    then = {"model": MODEL, "temperature": 0, "max_output_tokens": 12, "tools": [TOOL],
            "tool_choice": "none"}
    chained = client.responses.create(**then, previous_response_id=first.id,
                                      input=[result(call)])
    assert chained.output_text
    history = [{"role": "user", "content": ASKED["input"]}, *first.output, result(call)]
    at_once = client.responses.create(**then, input=history)
    assert at_once.output_text == chained.output_text
    assert at_once.usage.input_tokens == chained.usage.input_tokens
    assert at_once.usage.input_tokens_details.cached_tokens > 0
    items = client.responses.input_items.list(chained.id, order="asc").data
    assert [item.type for item in items] == ["message", "function_call", "function_call_output"]
    assert (items[1].id, items[1].call_id) == (call.id, call.call_id)
    counted = client.responses.input_tokens.count(
        model=MODEL, input=ASKED["input"], tools=[TOOL], tool_choice="required")
    assert counted.input_tokens == first.usage.input_tokens
    with pytest.raises(openai.BadRequestError, match="No tool output found for function call"):
        client.responses.create(**then, previous_response_id=first.id, input="and?")
    stray = {"type": "function_call_output", "call_id": "call_nobody", "output": "x"}
    with pytest.raises(openai.BadRequestError, match="No tool call found .* call_nobody"):
        client.responses.create(**then, input=[stray])


def test_a_response_is_parsed():
    call = only_call(client.responses.parse(**ASKED | {
        "tools": [openai.pydantic_function_tool(Weather, name="weather")]}))
    assert isinstance(call.parsed_arguments, Weather)


def test_the_stream_helper_rebuilds_the_response():
    whole = only_call(client.responses.create(**ASKED))
    with client.responses.stream(**ASKED) as stream:
        events = list(stream)
        final = stream.get_final_response()
    call = only_call(final)
    assert call.arguments == whole.arguments
    deltas = [e for e in events if e.type == "response.function_call_arguments.delta"]
    assert "".join(e.delta for e in deltas) == deltas[-1].snapshot == call.arguments
    again = client.responses.retrieve(final.id, stream=True)
    assert [e.type for e in again] == [e.type for e in events]


async def test_the_stream_of_one_in_the_background_is_taken_up_again():
    async with openai.AsyncOpenAI(**SERVER) as client:
        stream = await client.responses.create(**ASKED, background=True, stream=True)
        events = [event async for event in stream]
        id = events[0].response.id
        rest = await client.responses.retrieve(id, stream=True, starting_after=3)
        rest = [event async for event in rest]
    assert [e.sequence_number for e in rest] == list(range(4, len(events)))
    only_call(rest[-1].response)


def test_a_chat_is_parsed():
    [choice] = client.chat.completions.parse(**CHAT).choices
    assert choice.finish_reason == "tool_calls"
    [call] = choice.message.tool_calls
    assert isinstance(call.function.parsed_arguments, Weather)


def test_the_stream_helper_rebuilds_the_chat():
    whole = client.chat.completions.create(**CHAT)
    with client.chat.completions.stream(**CHAT) as stream:
        done = [e for e in stream if isinstance(e, FunctionToolCallArgumentsDoneEvent)]
        final = stream.get_final_completion()
    [call] = final.choices[0].message.tool_calls
    [asked] = whole.choices[0].message.tool_calls
    assert call.function.arguments == asked.function.arguments
    assert [e.arguments for e in done] == [call.function.arguments]
    assert isinstance(done[0].parsed_arguments, Weather)
    answered = [*CHAT["messages"], final.choices[0].message,
                {"role": "tool", "tool_call_id": call.id, "content": json.dumps("rain")}]
    after = client.chat.completions.create(**CHAT | {
        "messages": answered, "tool_choice": "none", "max_tokens": 8})
    assert after.choices[0].message.content
