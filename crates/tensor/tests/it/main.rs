//! The file formats from outside: other libraries' files, hostile files.

mod damage;
mod gguf;
mod gguf_hostile;
mod safetensors;
mod safetensors_hostile;
