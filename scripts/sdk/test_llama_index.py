"""LlamaIndex's `OpenAI`, `OpenAILike` and `OpenAIEmbedding` over the running server."""

import os

import pytest
from llama_index.core.llms import ChatMessage
from llama_index.embeddings.openai import OpenAIEmbedding
from llama_index.llms.openai import OpenAI
from llama_index.llms.openai_like import OpenAILike

URL = os.environ["OPENAI_BASE_URL"]
SETTINGS = {"api_base": URL, "api_key": "sk-local", "max_tokens": 8, "temperature": 0.0,
            "max_retries": 0}
MESSAGES = [ChatMessage(role="system", content="a"), ChatMessage(role="user", content="the cat")]

LLMS = {
    "chat": lambda: OpenAI(model="gpt-4o-mini", **SETTINGS),
    "completion": lambda: OpenAI(model="gpt-3.5-turbo-instruct", **SETTINGS),
    "like a chat": lambda: OpenAILike(model="gpt-4o", is_chat_model=True,
                                      context_window=256, **SETTINGS),
    "like a completion": lambda: OpenAILike(model="gpt-3.5-turbo", is_chat_model=False,
                                            context_window=256, **SETTINGS),
}


@pytest.fixture(params=LLMS)
def llm(request):
    return LLMS[request.param]()


def test_complete_and_its_stream(llm):
    whole = llm.complete("the cat").text
    assert whole
    *_, last = llm.stream_complete("the cat")
    assert last.text == whole


def test_chat_and_its_stream(llm):
    whole = llm.chat(MESSAGES)
    assert whole.message.role == "assistant"
    assert whole.message.content
    *_, last = llm.stream_chat(MESSAGES)
    assert last.message.content == whole.message.content


async def test_the_async_forms(llm):
    whole = (await llm.acomplete("the cat")).text
    assert whole == llm.complete("the cat").text
    text = ""
    async for part in await llm.astream_complete("the cat"):
        text = part.text
    assert text == whole
    assert (await llm.achat(MESSAGES)).message.content == llm.chat(MESSAGES).message.content


def test_usage_is_told(llm):
    usage = llm.complete("the cat").raw.usage
    assert usage.prompt_tokens > 0
    assert 0 < usage.completion_tokens <= SETTINGS["max_tokens"]


def test_an_unknown_model_is_the_sdks_error():
    import openai

    llm = OpenAILike(model="gpt-9", is_chat_model=True, context_window=256, **SETTINGS)
    with pytest.raises(openai.NotFoundError):
        llm.complete("a")


def test_embeddings_tell_texts_apart():
    """On the real default model: what is alike in meaning is near."""
    embed = OpenAIEmbedding(model="text-embedding-3-small", api_base=URL, api_key="sk-local",
                            max_retries=0)
    texts = ["A cat sleeps on the sofa.", "A kitten naps on the couch.", "Stocks fell today."]
    cat, kitten, stocks = embed.get_text_embedding_batch(texts)
    assert embed.similarity(cat, kitten) > 0.5 > 0.2 > embed.similarity(cat, stocks)
    assert embed.get_query_embedding(texts[0]) == pytest.approx(cat, abs=1e-6)
