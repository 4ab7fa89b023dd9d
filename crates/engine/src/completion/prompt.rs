//! What a model's template makes of a conversation.

use std::sync::Arc;

use text::ChatTemplate;

use super::{CompletionError, Message, TextModel, Tool};

impl TextModel {
    /// The ids of a conversation, up to where the answer begins.
    pub fn chat_prompt(&self, messages: &[Message]) -> Result<Vec<u32>, CompletionError> {
        self.tools_prompt(messages, &[])
    }

    /// The same of a conversation in which functions may be called.
    pub fn tools_prompt(
        &self,
        messages: &[Message],
        tools: &[Tool],
    ) -> Result<Vec<u32>, CompletionError> {
        // The template has written the beginning of the text where it wants one.
        Ok(self.encode(&self.prompt_text(messages, tools)?))
    }

    /// What the template makes of a conversation, up to where the answer begins.
    pub fn prompt_text(
        &self,
        messages: &[Message],
        tools: &[Tool],
    ) -> Result<String, CompletionError> {
        let template = self.chat_template()?;
        let piece = |id: Option<u32>| {
            id.and_then(|id| self.tokenizer.piece(id))
                .unwrap_or_default()
        };
        let (bos, eos) = (piece(self.tokenizer.bos()), piece(self.tokenizer.eos()));
        template
            .render_with_tools(messages, tools, true, &bos, &eos)
            .map_err(|e| CompletionError::Template(Arc::new(e)))
    }

    pub(super) fn chat_template(&self) -> Result<&ChatTemplate, CompletionError> {
        let template = self.template.as_ref().ok_or(CompletionError::NoTemplate)?;
        let failed = |e: &Arc<text::TemplateError>| CompletionError::Template(Arc::clone(e));
        template.as_ref().map_err(failed)
    }
}
