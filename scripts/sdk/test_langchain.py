"""LangChain's standard suites for chat and embedding models, over the running server."""

import os

import pytest
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from langchain_tests.integration_tests import ChatModelIntegrationTests, EmbeddingsIntegrationTests
from langchain_tests.unit_tests import ChatModelUnitTests

MODEL = "ada"  # the default model: the tiny one's context is too short for some chats


class Chat:
    """What the model behind the server can do."""

    @property
    def chat_model_class(self):
        return ChatOpenAI

    @property
    def chat_model_params(self):
        return {"model": MODEL}

    @property
    def returns_usage_metadata(self):
        return True

    @property
    def supports_model_override(self):
        return True

    @property
    def model_override_value(self):
        return "davinci-002"


class TestUnit(Chat, ChatModelUnitTests):
    @property
    def init_from_env_params(self):
        env = {"OPENAI_API_KEY": "sk-env", "OPENAI_API_BASE": os.environ["OPENAI_BASE_URL"]}
        attributes = {"openai_api_key": "sk-env", "openai_api_base": env["OPENAI_API_BASE"]}
        return env, {"model": MODEL}, attributes


class TestIntegration(Chat, ChatModelIntegrationTests):
    @property
    def chat_model_params(self):
        return {"model": MODEL, "max_tokens": 24, "stream_usage": True}


class TestEmbeddings(EmbeddingsIntegrationTests):
    @property
    def embeddings_class(self):
        return OpenAIEmbeddings

    @property
    def embedding_model_params(self):
        # Texts as they are: cutting them into ids would fetch OpenAI's tables.
        return {"model": "text-embedding-3-small", "check_embedding_ctx_length": False}


def test_the_legacy_model_completes_lists_of_prompts():
    """`OpenAI` sends lists, nulls and best_of; LangChain has no standard suite for it."""
    from langchain_openai import OpenAI

    llm = OpenAI(model="gpt-3.5-turbo-instruct", max_tokens=8, temperature=0, n=2, best_of=3)
    result = llm.generate(["the cat", "the dog"])
    assert [len(one) for one in result.generations] == [2, 2]
    usage = result.llm_output["token_usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    llm = OpenAI(model="gpt-3.5-turbo-instruct", max_tokens=8, temperature=0)
    whole = llm.invoke("the cat")
    assert "".join(llm.stream("the cat")) == whole


def test_logprobs_reach_the_message():
    chat = ChatOpenAI(model=MODEL, max_tokens=6, temperature=0, logprobs=True,
                      top_logprobs=2)
    message = chat.invoke("the cat")
    content = message.response_metadata["logprobs"]["content"]
    assert b"".join(bytes(one["bytes"]) for one in content).decode() == message.content
    assert all(len(one["top_logprobs"]) == 2 for one in content)


def test_errors_are_raised_as_the_sdks():
    import openai

    with pytest.raises(openai.NotFoundError):
        ChatOpenAI(model="gpt-9", max_retries=0).invoke("the cat")
