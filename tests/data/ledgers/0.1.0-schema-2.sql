BEGIN TRANSACTION;
CREATE TABLE batch_requests (
    batch TEXT NOT NULL REFERENCES batches (name) ON DELETE CASCADE,
    key TEXT NOT NULL,
    draw_key TEXT NOT NULL,
    purpose TEXT NOT NULL,
    PRIMARY KEY (batch, key)
) STRICT, WITHOUT ROWID;
INSERT INTO "batch_requests" VALUES('selfstudy-guard-0123456789abcdef','a4e667f6132156ef290cf4c2bcba15fe:question:9','a4e667f6132156ef290cf4c2bcba15fe','question');
CREATE TABLE batches (
    name TEXT PRIMARY KEY,
    batch_id TEXT
) STRICT;
INSERT INTO "batches" VALUES('selfstudy-guard-0123456789abcdef',NULL);
CREATE TABLE documents (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    digest TEXT NOT NULL,
    media_type TEXT,
    metadata TEXT NOT NULL,
    text BLOB NOT NULL
) STRICT;
INSERT INTO "documents" VALUES(1,'lighthouse.md','d1345da58f1dd9f4acc7afb5afb7d283ff5ae957f8e3f098a316d7cc2dd583a9',NULL,'{}',X'78015D90B14EC5300C45F77EC59598A984048237B2F1767E202D6E13E1C451ECBED2BFC7796562F1E0DC9C73E5077C4602A7355A944D09B2E043380FC3BFFD1E14D396D8900A9EDE5E9EB134C9581B1D3E42494623AEA6E090AB275B51D82E8EB646DAB12D54C72706DDA81D28DD399E9E6FA24A0D33A73CA9BF14B2E351D30FD4A83A4760BD652737913CE21D530BEA8D88197BB8CB3CA131797C8F54B0C88A59DCE4DFFD650A87BBAE057B2AE6AABED3AD563E3049308FE6DEB2CC84802CC5A2277D2C2C5B43285FA7DDEB8FE7C5821AFE6A332D760726E59EEC07BABC5EC6E11793B479C6');
CREATE TABLE draws (
    position INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    document_id TEXT NOT NULL,
    digest TEXT NOT NULL,
    start INTEGER NOT NULL,
    stop INTEGER NOT NULL,
    style TEXT NOT NULL,
    number INTEGER NOT NULL,
    draw TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'asked', 'answered', 'rejected', 'failed')),
    question TEXT,
    reason TEXT,
    outcome TEXT
) STRICT;
INSERT INTO "draws" VALUES(1,'e82099977b4b031102264403870dad1d','lighthouse.md','d1345da58f1dd9f4acc7afb5afb7d283ff5ae957f8e3f098a316d7cc2dd583a9',78,128,'factual',0,'{"target": {"document_id": "lighthouse.md", "start": 78, "end": 128, "text": "", "kind": "sentence", "index": 2, "also": []}, "style": "factual", "number": 0}','failed','What is known about lamp, burns, litres and night?','RequestError','{"detail": "too long"}');
INSERT INTO "draws" VALUES(2,'29a24a24d98d140c770fb007880e6c58','lighthouse.md','d1345da58f1dd9f4acc7afb5afb7d283ff5ae957f8e3f098a316d7cc2dd583a9',26,77,'factual',0,'{"target": {"document_id": "lighthouse.md", "start": 26, "end": 77, "text": "", "kind": "sentence", "index": 1, "also": []}, "style": "factual", "number": 0}','answered','Which role is played by lighthouse, built and granite?',NULL,'{"key":"29a24a24d98d140c770fb007880e6c58","document_id":"lighthouse.md","document_digest":"d1345da58f1dd9f4acc7afb5afb7d283ff5ae957f8e3f098a316d7cc2dd583a9","target":{"document_id":"lighthouse.md","start":26,"end":77,"text":"The lighthouse was built in 1854 from grey granite.","kind":"sentence","section":["The lighthouse of Holm"],"index":1,"tokens":13,"eligible":true,"reason":null,"lead":"","also":[]},"style":"factual","draw":0,"question":{"text":"Which role is played by lighthouse, built and granite?","attempts":1},"answer":{"text":"The lighthouse was built in 1854 from grey granite.","attempts":1},"evidence":{"document_id":"lighthouse.md","start":2,"end":348,"text":"The lighthouse of Holm\n\nThe lighthouse was built in 1854 from grey granite. Its lamp burns two litres of rape oil every night.\n\nThe keeper climbs ninety-six steps to the lamp room. A brass bell warns the ships when fog covers the bay.\n\nIn winter the supply boat comes once a month with flour and lamp oil. The last keeper left the island in 1979.","findings":[],"retention":1.0},"footprint":{"targets":[{"document_id":"lighthouse.md","start":26,"end":77,"text":"The lighthouse was built in 1854 from grey granite.","kind":"sentence","section":["The lighthouse of Holm"],"index":1,"tokens":13,"eligible":true,"reason":null,"lead":"","also":[]}],"scores":[0.7833123073462344],"artefact":false,"margin":0.6657959189009265},"model":"extractive-reader","usage":{"prompt_tokens":554,"cached_tokens":0,"completion_tokens":27,"cost":0.0},"created":"2026-11-22T15:53:48+00:00"}');
INSERT INTO "draws" VALUES(3,'3588a163afb297c0d5d59e55c589d7fb','lighthouse.md','d1345da58f1dd9f4acc7afb5afb7d283ff5ae957f8e3f098a316d7cc2dd583a9',238,307,'factual',0,'{"target": {"document_id": "lighthouse.md", "start": 238, "end": 307, "text": "", "kind": "sentence", "index": 5, "also": []}, "style": "factual", "number": 0}','rejected',NULL,'empty','{"key":"3588a163afb297c0d5d59e55c589d7fb","target":{"document_id":"lighthouse.md","start":238,"end":307,"text":"In winter the supply boat comes once a month with flour and lamp oil.","kind":"sentence","section":["The lighthouse of Holm"],"index":5,"tokens":18,"eligible":true,"reason":null,"lead":"","also":[]},"style":"factual","draw":0,"stage":"question","reason":"empty","detail":"The reply held no question. Write exactly one question.","question":null,"attempts":3,"usage":{"prompt_tokens":0,"cached_tokens":0,"completion_tokens":0,"cost":null}}');
INSERT INTO "draws" VALUES(4,'a4e667f6132156ef290cf4c2bcba15fe','lighthouse.md','d1345da58f1dd9f4acc7afb5afb7d283ff5ae957f8e3f098a316d7cc2dd583a9',183,236,'factual',0,'{"target": {"document_id": "lighthouse.md", "start": 183, "end": 236, "text": "", "kind": "sentence", "index": 4, "also": []}, "style": "factual", "number": 0}','asked','Which facts connect brass, warns and covers?',NULL,NULL);
INSERT INTO "draws" VALUES(5,'41d3759be2b670bd6172c5b0a54d3c43','lighthouse.md','d1345da58f1dd9f4acc7afb5afb7d283ff5ae957f8e3f098a316d7cc2dd583a9',308,348,'factual',0,'{"target": {"document_id": "lighthouse.md", "start": 308, "end": 348, "text": "", "kind": "sentence", "index": 6, "also": []}, "style": "factual", "number": 0}','asked','What is known about keeper, island and 1979?',NULL,NULL);
INSERT INTO "draws" VALUES(6,'9432c3d0b38eecec8e1fc6f2a952248c','lighthouse.md','d1345da58f1dd9f4acc7afb5afb7d283ff5ae957f8e3f098a316d7cc2dd583a9',130,182,'factual',0,'{"target": {"document_id": "lighthouse.md", "start": 130, "end": 182, "text": "", "kind": "sentence", "index": 3, "also": []}, "style": "factual", "number": 0}','planned',NULL,NULL,NULL);
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
INSERT INTO "meta" VALUES('settings','{"answer_attempts": 2, "filter_mode": "remove", "filter_threshold": null, "model": "extractive-reader", "policy": "uniform", "prompts": "64496c8c0fed539564edb354ccb0f2444ba23dd891c15a7a08a72960e3964e2f", "question_attempts": 3, "seed": 1, "styles": ["factual"], "unit": [null, null], "window": 4000}');
INSERT INTO "meta" VALUES('documents','1');
CREATE TABLE pieces (
    number INTEGER PRIMARY KEY REFERENCES documents (number) ON DELETE CASCADE,
    digest TEXT NOT NULL,
    made_by TEXT NOT NULL,
    targets INTEGER NOT NULL,
    eligible INTEGER NOT NULL,
    sheet BLOB NOT NULL,
    findings BLOB NOT NULL,
    segmentation BLOB NOT NULL
) STRICT;
INSERT INTO "pieces" VALUES(1,'d1345da58f1dd9f4acc7afb5afb7d283ff5ae957f8e3f098a316d7cc2dd583a9','0.1.0 {"filter_mode": "remove", "filter_threshold": null}',7,6,X'1A0000004E00000082000000B7000000EE000000340100004D00000080000000B6000000EC000000330100005C0100000000000000000000000000000000000000000000000000000D0000000D0000000D0000000E000000120000000A000000010000000200000003000000040000000500000006000000000000000000000000000000000000000000000000000000',X'',X'78015D8FCD0AC23010845FA5E43C4293D436F8043E80B7D243B5AB09D6069A0882F8EE6E4AFC65F734F36D66721721F673149B5641D5680CA42E218D86D206BA341D044D43F22B340DA462C230AB6B761BE82A1167B72012E567580E7488CE4F7CFCA5A3648779BA2DBA84824685356AD6A33FD314D8A8B9C76B2B4E844C6734BA93DB8F942F25F2B035531F72D44AE277D91EA94F9FF8EF61DD30502AD8765896D1DC3AB568C5CE52C1A1365A7F0D54F863B1F5E34574EFC48409CBAFBBE92472D0A289EEF104690B5CD4');
CREATE TABLE replies (
    key TEXT PRIMARY KEY,
    draw_key TEXT NOT NULL,
    purpose TEXT NOT NULL,
    reply TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    cost REAL
) STRICT, WITHOUT ROWID;
INSERT INTO "replies" VALUES('29a24a24d98d140c770fb007880e6c58:answer:1','29a24a24d98d140c770fb007880e6c58','answer','{"text":"The lighthouse was built in 1854 from grey granite.","finish_reason":"stop","model":"extractive-reader","usage":{"prompt_tokens":210,"cached_tokens":0,"completion_tokens":13,"cost":0.0},"reasoning":null}',210,0,13,0.0);
INSERT INTO "replies" VALUES('29a24a24d98d140c770fb007880e6c58:question:1','29a24a24d98d140c770fb007880e6c58','question','{"text":"Which role is played by lighthouse, built and granite?","finish_reason":"stop","model":"extractive-reader","usage":{"prompt_tokens":344,"cached_tokens":0,"completion_tokens":14,"cost":0.0},"reasoning":null}',344,0,14,0.0);
INSERT INTO "replies" VALUES('3588a163afb297c0d5d59e55c589d7fb:question:1','3588a163afb297c0d5d59e55c589d7fb','question','{"text":"","finish_reason":"stop","model":"","usage":{"prompt_tokens":0,"cached_tokens":0,"completion_tokens":0,"cost":null},"reasoning":null}',0,0,0,NULL);
INSERT INTO "replies" VALUES('3588a163afb297c0d5d59e55c589d7fb:question:2','3588a163afb297c0d5d59e55c589d7fb','question','{"text":"","finish_reason":"stop","model":"","usage":{"prompt_tokens":0,"cached_tokens":0,"completion_tokens":0,"cost":null},"reasoning":null}',0,0,0,NULL);
INSERT INTO "replies" VALUES('3588a163afb297c0d5d59e55c589d7fb:question:3','3588a163afb297c0d5d59e55c589d7fb','question','{"text":"","finish_reason":"stop","model":"","usage":{"prompt_tokens":0,"cached_tokens":0,"completion_tokens":0,"cost":null},"reasoning":null}',0,0,0,NULL);
INSERT INTO "replies" VALUES('41d3759be2b670bd6172c5b0a54d3c43:question:1','41d3759be2b670bd6172c5b0a54d3c43','question','{"text":"What is known about keeper, island and 1979?","finish_reason":"stop","model":"extractive-reader","usage":{"prompt_tokens":342,"cached_tokens":0,"completion_tokens":11,"cost":0.0},"reasoning":null}',342,0,11,0.0);
INSERT INTO "replies" VALUES('a4e667f6132156ef290cf4c2bcba15fe:question:1','a4e667f6132156ef290cf4c2bcba15fe','question','{"text":"Which facts connect brass, warns and covers?","finish_reason":"stop","model":"extractive-reader","usage":{"prompt_tokens":345,"cached_tokens":0,"completion_tokens":11,"cost":0.0},"reasoning":null}',345,0,11,0.0);
INSERT INTO "replies" VALUES('e82099977b4b031102264403870dad1d:question:1','e82099977b4b031102264403870dad1d','question','{"text":"What is known about lamp, burns, litres and night?","finish_reason":"stop","model":"extractive-reader","usage":{"prompt_tokens":344,"cached_tokens":0,"completion_tokens":13,"cost":0.0},"reasoning":null}',344,0,13,0.0);
CREATE INDEX draws_by_state ON draws (state, position);
COMMIT;
PRAGMA user_version = 2;
