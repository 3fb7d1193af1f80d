"""Word lists of the sentence model: small closed classes of words, in many languages, that show who is addressed.

A word may stand in several classes. Words are folded as the text is: lower case, Latin letters without accents.
"""

from __future__ import annotations

CLASSES: dict[str, str] = {
    "you": """you your yours yourself tu te ti tus tuyo usted ustedes su du dich dir dein deine deinen deinem deiner
        ihr ihnen ihre vous votre vos toi ton ta tes voi vi vostro tuo tua tuoi te voce voces seu sua jij je
        jouw jullie uw u ty ciebie tobie twoj twoja twoje panstwo pan pani ты тебя тебе твой твоя твое твои вы
        вас вам ваш ваша ваши 你 您 sen senin sana sizin size siz ban anda kamu ikaw mo iyong आप आपको आपका आपके
        तुम तुम्हें तुम्हारा أنت انت لك تو توم আপনি আপনার তুমি คุณ 당신 당신의 너 너의 あなた あなたの お前 君""",
    "me": """i me my mine myself we us our ours ich mich mir mein meine meinen wir uns unser je me moi mon ma mes
        nous notre nos yo mi mis nosotros nuestro io mio mia noi nostro eu meu minha nos nosso ik mij mijn wij
        ons ja mnie moj moja my nas nasz я меня мне мой моя мы нас наш 我 我们 我的 私 僕 俺 わたし ben bana
        benim biz bizim toi tôi cua saya aku kami kita ako ko akin मैं मुझे मेरा मेरे मेरी हम हमें أنا انا لي
        نحن আমি আমার আমাকে ฉัน ผม 나 나는 내 저는 제 우리""",
    "assistant": """assistant assistants ai llm llms gpt chatgpt claude gemini llama mistral copilot bot bots chatbot
        chatbots agent agents model models reader readers generator generators system systems screener screening
        parser pipeline pipelines annotator asistente assistente assistent ki ia sztuczna asystent ассистент ии
        модель модели модел помощник 助手 模型 智能 人工智能 アシスタント モデル ジェミニ 어시스턴트 모델
        인공지능 asistan yapay zeka trợ ly مساعد المساعد نموذج सहायक मॉडल एआई""",
    "prompt": """prompt prompts instruction instructions instructed command commands directive directives guideline
        guidelines guardrail guardrails rule rules context conversation session query queries request requests
        policy policies moderation filter filters filtering restriction restrictions limitation limitations
        constraint constraints programming override overrides instrucciones instruccion reglas anweisung
        anweisungen regeln richtlinien vorgaben consigne consignes regles istruzioni istruzione regole
        instrucoes instrucao regras instructies instructie regels instrukcje instrukcja polecenia polecenie
        zasady инструкции инструкций инструкцию указания правила 指令 指示 提示 规则 命令 ルール プロンプト 지시
        명령 지침 규칙 프롬프트 talimat talimatlari talimatlar kurallari chi thi lenh التعليمات تعليمات الأوامر
        القواعد निर्देश निर्देशों नियम नियमों आदेश petunjuk instruksi panuto নির্দেশ""",
    "answer": """answer answers answering answered reply replies replying respond responds responding
        response responses
        output outputs outputting completion completions say says tell print repeat echo state mention generate
        generated text result antwort antworten antworte antwortet beantworte ausgabe reponse reponses repondre
        reponds repondez respuesta respuestas responde responder contesta risposta risposte rispondi rispondere
        resposta respostas antwoord antwoorden beantwoord odpowiedz odpowiedzi odpowiadaj ответ ответы ответа
        ответе отвечай ответь отвечать отвечайте 回答 答案 回复 输出 答え 回答 返答 出力 대답 답변 응답 답 출력
        cevap cevaplar yanit yanitla cevapla tra loi cau إجابة الإجابة أجب الرد جواب उत्तर जवाब उत्तरों jawab
        jawaban sagot sumagot""",
    "question": """question questions quiz quizzes quizzing ask asks asking asked exam examination
        flashcard flashcards
        query trivia frage fragen question questions pregunta preguntas domanda domande pergunta perguntas vraag
        vragen pytanie pytania pytan вопрос вопросы вопросов вопросу 问题 提问 質問 問題 질문 문제 soru sorular
        sorulari hoi cau سؤال أسئلة الأسئلة प्रश्न प्रश्नों सवाल pertanyaan tanong""",
    "study": """dataset datasets training train trained finetune finetuning synthetic corpus corpora pair
        pairs generate
        generating generated producing creating building writing derived labels annotation annotate self study
        teacher student learner lesson passage passages document documents source snippet snippets text chunk
        excerpt material section datensatz trainingsdaten datos entrenamiento donnees entrainement dati
        addestramento dados treinamento trainingsgegevens dane treningowe данные обучения обучающие данных 数据
        训练 データ 学習 데이터 학습 veri egitim du lieu بيانات تدريب डेटा प्रशिक्षण""",
    "override": """ignore ignoring disregard disregarding forget override overrides bypass discard neglect
        instead rather
        supersede supersedes cancel replace stop pretend ignora ignorad ignore ignoriere ignorieren ignoriert
        vergiss vergessen olvida oubliez oublie ignorez dimentica ignorare esqueca esquece negeer vergeet
        zignoruj ignoruj zapomnij игнорируй игнорируйте забудь забудьте 忽略 忘记 无视 無視 忘れ 무시 무시하고
        잊어 yoksay unut gormezden bo qua quen تجاهل انس انسى अनदेखा नज़रअंदाज़ भूल abaikan lupakan balewalain
        kalimutan উপেক্ষা""",
    "scope": """previous prior above earlier preceding following below all any every everything anything always never
        only must entire whole regardless matter whatever whenever exactly verbatim exclusively strictly until
        before after anterior anteriores todas todos siempre nunca solo vorherigen vorherige alle immer nie nur
        precedentes precedente toutes toujours jamais seulement precedenti tutte sempre mai anteriores vorige
        alle altijd nooit alleen poprzednie wszystkie zawsze nigdy tylko предыдущие все всегда никогда только
        之前 以前 所有 始终 总是 只 すべて 常に 以前の 이전 모든 항상 onceki tum her zaman truoc tat ca luon
        السابقة جميع كل دائما فقط पिछले सभी हमेशा केवल sebelumnya semua""",
    "task-verb": """write list describe explain summarize summarise provide give create generate compose draft suggest
        recommend translate convert rewrite rephrase paraphrase design plan develop make build tell show find
        identify name compare analyze analyse evaluate discuss outline produce prepare calculate compute solve
        determine classify categorize select choose pick rank sort extract highlight edit correct improve review
        check verify answer imagine invent propose brainstorm craft formulate construct simulate predict
        estimate define elaborate illustrate justify argue debate help assist advise guide teach act pretend
        play roleplay assume adopt respond reply print output say repeat include mention add insert append begin
        start end finish end use avoid do be keep remember note ensure send share reveal disclose open visit
        click call email contact delete remove forward transfer execute run search look browse download install
        schedule book order buy cancel update notify remind complete finish continue fill match spell count turn
        change swap replace describe schreib schreibe schreiben nenne liste erklare erstelle gib ubersetze fasse
        beschreibe zeige sag sage antworte verwende benutze schlage erzahle berechne escribe enumera explica
        resume describe crea genera da dame dime traduce muestra usa incluye sugiere recomienda calcula cuenta
        ecris ecrivez redige liste explique expliquez resume decris donne donnez cree creez traduis traduisez
        montre dis dites utilise utilisez propose calcule scrivi elenca spiega riassumi descrivi crea genera
        dammi dimmi traduci mostra usa suggerisci calcola includi escreva liste explique resuma descreva crie
        gere forneca diga traduza mostre use sugira calcule inclua schrijf noem leg vat beschrijf maak geef
        vertaal toon zeg gebruik napisz wymien wyjasnij strescs opisz stworz podaj przetlumacz pokaz powiedz
        uzyj uzywaj zaproponuj oblicz напиши напишите перечисли объясни объясните опиши опишите создай создайте
        дай дайте скажи скажите переведи покажи используй используйте предложи посчитай расскажи назови 写 列出
        解释 描述 总结 创建 生成 提供 翻译 告诉 推荐 建议 请 编写 说明 書いて 書き 説明 教えて 作成 列挙 要約
        翻訳 提案 작성 작성해 설명 설명해 알려 요약 나열 번역 추천 만들어 제공 써 yaz yazin listele acikla
        ozetle olustur tanimla ver soyle cevir oner goster kullan viet hay liet ke giai thich tom tat mo ta tao
        dich goi y cho اكتب اذكر اشرح لخص صف أنشئ قدم ترجم قل اقترح استخدم أخبرني लिखें लिखो लिखिए बताएं बताओ
        समझाएं वर्णन सूची बनाएं अनुवाद सुझाव दें कहो tulis tuliskan jelaskan buat berikan sebutkan terjemahkan
        sarankan isulat ilista ipaliwanag magbigay gumawa লিখুন ব্যাখ্যা বলুন""",
    "polite": """please kindly could would can may might thanks thank appreciate bitte danke por favor
        porfavor gracias
        puedes podrias puede kannst konnen konntest konnten peux peut pourriez pouvez plait merci puoi potresti
        puo favore grazie pode poderia obrigado kun kunt alstublieft alsjeblieft graag mozesz czy prosze
        dziekuje можешь можете пожалуйста спасибо 请 能 可以 吗 麻烦 谢谢 ください ですか ますか くれ もらえ
        주세요 주시겠 수 있나요 까요 lutfen misin misiniz tesekkurler lam on co the xin vui long هل يمكنك من
        فضلك شكرا क्या कृपया सकते धन्यवाद tolong bisakah mohon silakan pakiusap maaari paki অনুগ্রহ পারেন""",
    "must": """must shall should need needs have has required require requires ought mandatory obligatory forbidden
        prohibited cannot dont not never no without avoid refrain refuse decline debes debe deben tienes musst
        mussen sollst soll sollten darfst dois devez doit devi deve dovete deve deves moet moeten mag musisz
        musi powinienes nalezy должен должны нужно нельзя обязан 必须 应该 不要 不得 禁止 しなければ なりません
        べき してはいけない 해야 마세요 말고 안 zorunda gerekir malisin phai khong duoc يجب لا عليك चाहिए होगा
        मत नहीं harus jangan dapat huwag dapat""",
    "format": """json xml yaml csv markdown html list table bullet bullets paragraph paragraphs sentence
        sentences word
        words character characters letter letters uppercase lowercase capital capitals poem haiku rhyme rhymes
        limerick sonnet verse song story essay email tweet emoji emojis base64 hex binary morse rot13 format
        formatted style tone voice language english french german spanish italian latin russian chinese japanese
        korean hindi arabic portuguese dutch polish turkish vietnamese pirate shakespeare key value prefix
        suffix token tokens length short brief concise gedicht satz satze worter poema frase palabras phrase
        mots poeme parole frasi verso palavras frases woorden zin zinnen slow zdania wiersz стих стихотворение
        слова предложение список хайку 诗 俳句 单词 句子 列表 格式 詩 単語 文 形式 リスト 시 문장 단어 형식 siir
        kelime cumle tho tu قصيدة كلمات جملة كلمة कविता हाइकु शब्द शब्दों वाक्य puisi kata kalimat tula salita""",
    "persona": """role persona character pretend imagine act acting roleplay dan unrestricted unfiltered
        developer mode
        jailbreak jailbroken pirate robot evil expert professional professor doctor hacker admin administrator
        president god master owner creator boss character assume simulate scenario hypothetical fictional world
        game movie novel actor rol papel personaje imagina rolle stell imagine role ruolo immagina papel imagine
        rola wyobraz роль представь представьте 角色 想象 扮演 役 想像 ロール 역할 상상 rol hayal vai dong دور
        تخيل भूमिका कल्पना bayangkan isipin""",
    "secret": """password passwords secret secrets key keys credential credentials token api private confidential
        sensitive personal user users account accounts ssn social security number address email birth birthday
        phone credit card bank login username admin exfiltrate leak reveal disclose passwort kennwort geheim
        contrasena clave secreto mot passe secret motdepasse parola segreta senha segredo wachtwoord geheim
        haslo tajne пароль пароля секрет ключ 密码 秘密 用户 パスワード ユーザー 秘密 비밀번호 사용자 암호 sifre
        sifren parolanizi mat khau كلمة المرور سر पासवर्ड गुप्त उपयोगकर्ता sandi pengguna पता""",
    "urgent": """important attention urgent critical warning notice note immediately now today mandatory
        priority crucial
        essential alert hey hi hello dear wichtig achtung importante atencion attention important attenzione
        importante belangrijk let wazne uwaga важно внимание 重要 注意 重要 중요 주의 onemli dikkat quan trong
        chu y مهم انتبه महत्वपूर्ण ध्यान penting perhatian mahalaga""",
    "praise": """best excellent perfect highly recommend recommended recommendation supremely qualified candidate hire
        hired trustworthy safe legitimate verified approved authorized confirmed official guaranteed offer
        discount free sale buy promotion sponsored visit subscribe malicious benign clearly correct true truth
        fact""",
    "report": """attack attacks attacker attackers adversary adversarial injection injections injected malicious
        exploit exploits
        vulnerability vulnerabilities payload payloads jailbreak jailbreaks jailbreaking phishing spam spammers
        detect detects
        detection detector defence defense defences defenses mitigate researchers researcher study studies paper
        papers reported
        reads wrote writes quoted phrase phrases string strings example examples known such called typical victim
        victims hackers
        angriff angreifer ataque atacante attaque attaquant attacco atak aanval атака злоумышленник saldiri""",
    "wh": """what which who whom whose where when why how que quel quelle quels quelles qui ou quand pourquoi comment
        was welche welcher welches wer wo wann warum wie cual cuales quien donde cuando como cuanto cosa quale
        quali chi dove perche qual quem onde quando wat welk wie waar wanneer waarom hoe jaki jaka jakie kto
        gdzie kiedy dlaczego jak co что какой какая какие кто где когда почему как сколько 什么 哪 谁 怎么
        为什么 如何 哪里 多少 何 誰 どこ なぜ どう いつ どの 무엇 뭐 누구 어디 왜 어떻게 몇 ne kim nerede neden
        nasil hangi gi ai dau sao the nao bao nhieu ما من أين لماذا كيف متى क्या कौन कहाँ कहां कब क्यों कैसे apa
        siapa dimana mengapa bagaimana ano sino saan bakit paano কি কে কোথায় কেন কীভাবে""",
    "third": """he she it they his her its their him them himself herself itself themselves was were had
        did been became
        said according er sie es war waren hatte el ella ellos era fue il elle ils etait fut egli lei essi fu
        ele ela eles foi hij zij was ze on ona oni byl byla он она они был была было 他 她 它 他们 彼 彼女 그
        그녀 o onlar idi ong ba ho هو هي هم كان वह वे था थी थे dia mereka siya""",
    "manual": """option options default defaults value values file files directory command function method parameter
        parameters argument arguments returns return specified see version package packages string object class
        type types name names set setting settings click menu button window select dialog press table column row
        server client database error errors""",
    "if": """if when while whenever unless wenn falls si quando se als gdy jesli если когда 如果 当 もし とき 때 면
        eger neu khi إذا عندما यदि अगर जब jika kapan kung""",
}
"""Class name to words, separated by white space."""

FUNCTION_WORDS: dict[str, str] = {
    "en": """the of and to in is that for with as are be on this by or it from an not which have was but at can if
        will""",
    "de": """der die und das den von zu mit sich des auf fur ist im dem nicht ein eine als auch es an werden aus er
        hat dass wird einer""",
    "fr": "de la le et les des en un du une que est pour qui dans par plus pas au sur ne se ce il sont avec ou cette",
    "es": "de la que el en y los se del las un por con una para es al lo como mas o este esta su pero sus le ya",
    "it": "di che e la il un a per in una sono mi ho si lo ma con non le della del dei alla nel piu anche come gli",
    "pt": "de que e do da em um para com nao uma os no se na por mais as dos como mas ao ele das seu sua ou",
    "nl": """de het een en van in is dat op te zijn met voor niet aan er die als ook door maar bij om worden wordt
        deze""",
    "pl": "w i na z do nie sie jest to ze o jak po co przez od za dla oraz lub tym jego ktory ktora moze byc",
    "ru": "и в не на что с по для из от как это к он или но если при его так может у же бы был этого",
    "tr": "ve bir bu icin ile da de olarak daha en cok olan gibi kadar sonra veya ise degil her hem ne ya",
    "vi": "la va cua cac cho co trong mot khong nguoi duoc nhung voi khi tu den nay da o hay de ban",
    "id": "yang dan di untuk dengan dari ini pada adalah tidak dalam akan itu atau ke anda dapat sebagai oleh juga",
    "tl": "ang ng sa na mga ay at para ito kung hindi ko mo ka siya isang nang pag may aking",
    "hi": "है के में की और का को से पर यह एक कि हैं नहीं ने इस लिए या भी तो",
    "ar": "في من على إلى أن هذا التي عن مع هذه كان ما لا هو أو الذي بين كل ذلك هل",
}
"""Language to its most frequent words: which language a sentence is in, as far as it matters."""
