"""Names that look dead and are not, each kind with its reason. `make test` fails on any other unused name."""

# Read by the language.
__getattr__

# Read by a library: pydantic validators and settings, hosts' hooks, servers' methods, template fields.
(
    _._conditions,
    _._no_mixture,
    _._usable,
    _._as_once_written,
    _._without_nothing,
    _._without_layers_that_are_off,
    _.model_config,
)
_._generate, _._agenerate, _._astream, _.wrap_model_call, _.awrap_model_call, _.acompress_documents
_.raise_error, _.run_inline, _.on_chat_model_start, _.on_llm_start, run_id
_.streaming, _.astreaming, _.async_pre_call_hook, user_api_key_dict, _.suppress_debug_info, register_model
_.log_message, _.do_GET, _.do_POST, _.daemon_threads, _.close_connection, _.receive_layout, image
_.charts, _.glance, _.foot, _.numeric, _.table_caption, _._repr_html_, _.__signature__, _.attempt_number
_.has_source, _.list_commands, _root, trace, exc_info, memo

# Called by name: readers of documents (readers/reading.py), blocks of Markdown, commands of the shell.
read_epub, read_chat_export, read_tex, read_eml, read_mbox, read_ipynb, read_opendocument, read_pdf, read_xlsx
read_pptx, read_subtitles, read_wiki_dump, read_docx, serve, filter_documents
_._on_atx_heading, _._on_setext_heading, _._on_fenced_code_block, _._on_indented_code_block, _._on_pipe_table
_._on_html_block, _._on_link_reference_definition

# Settings of the built-in model's engine.
_.n_ctx, _.n_parallel, _.n_gpu_layers, _.n_threads, _.cache_ram_mib, _.verbosity, _.endpoint_slots, _.ui
_.api_keys, _.hostnames

# Public interface: for users, named in the manual.
(
    _.to_pandas,
    _.clean_many,
    judged_clean,
    _.evidence_for,
    _.contains,
    _.suspects,
    _.closes,
    _.by_channel,
    _.on_target_interval,
)
_.targets_per_question, _.batch_completion, _.abatch_completion, _.custom_ids
_.undecided, _.unreadable, _.unregistered_passages, _.without_target, _.without_question, _.without_verdict
