//! What an answer may be: its grammar, and where calls of functions are found in it.

use std::sync::Arc;

use text::{CallSyntax, arguments_grammar, calls_grammar, schema_grammar};

use super::{ChatRequest, CompletionError, GrammarOf, TextModel};
use crate::grammar::{Grammar, GrammarError, Grammars};

impl TextModel {
    /// The grammar of the answers to a request, and how they call functions.
    pub(super) fn grammar(
        &self,
        request: &ChatRequest,
    ) -> Result<(Option<Grammar>, Option<CallSyntax>), CompletionError> {
        let (tools, format) = (&request.tools, request.format.as_ref());
        if tools.callable().next().is_some() {
            let syntax = self.chat_template()?.call_syntax();
            let special = |marker: &str| self.special(marker);
            let source = calls_grammar(tools, format, syntax, &special);
            let grammar = self.compile(GrammarOf::Answer, &source);
            let grammar = grammar.map_err(|e| self.blame(request).unwrap_or(e))?;
            return Ok((Some(grammar), Some(syntax)));
        }
        let grammar = match format {
            Some(schema) => Some(self.compile(GrammarOf::Format, &schema_grammar(schema))?),
            None => None,
        };
        Ok((grammar, None))
    }

    /// The part of a request that has no grammar.
    fn blame(&self, request: &ChatRequest) -> Option<CompletionError> {
        let format = request.format.iter().map(schema_grammar);
        let format = format.map(|source| (GrammarOf::Format, source));
        let tools = request.tools.callable();
        let tools = tools.map(|(i, tool)| (GrammarOf::Tool(i), arguments_grammar(tool)));
        format
            .chain(tools)
            .find_map(|(of, source)| self.compile(of, &source).err())
    }

    fn compile(&self, of: GrammarOf, source: &str) -> Result<Grammar, CompletionError> {
        let failed = |source: GrammarError| CompletionError::Grammar { of, source };
        let grammars = self.grammars.get_or_init(|| {
            let t = &self.tokenizer;
            let piece = |id| match t.is_special(id) {
                true => None,
                false => Some(t.piece_bytes(id).unwrap_or_default()),
            };
            Grammars::new((0..t.vocab_size() as u32).map(piece), &self.ends)
        });
        let grammars = grammars.as_ref().map_err(|e| failed(e.clone()))?;
        grammars.compile(source).map_err(failed)
    }

    /// The token that is a marker and no text.
    fn special(&self, marker: &str) -> Option<u32> {
        let id = self.tokenizer.id_of(marker);
        id.filter(|&id| self.tokenizer.is_special(id))
    }

    /// Special tokens that mark calls.
    pub(super) fn markers(&self, calls: Option<CallSyntax>) -> Arc<[u32]> {
        let markers = calls.into_iter().flat_map(CallSyntax::markers);
        markers.filter_map(|marker| self.special(marker)).collect()
    }
}
