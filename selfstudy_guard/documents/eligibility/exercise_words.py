"""Words of exercise sheets in the languages of the project; phrases are parted by semicolons."""

# ruff: noqa: E501  # one language stays on one line
from __future__ import annotations

POINTS = "; ".join(
    (
        "points; point; marks; mark; pts; pt; credits; p",  # en
        "Punkte; Punkt; Pkt; P; BE",  # de
        "puntos; punto; ptos",  # es
        "points; pts",  # fr
        "punti; punto",  # it
        "pontos; ponto; valores",  # pt
        "punten; punt",  # nl
        "punkty; punkt; punkt\u00f3w; pkt",  # pl
        "\u0431\u0430\u043b\u043b\u043e\u0432; \u0431\u0430\u043b\u043b\u0430; \u0431\u0430\u043b\u043b",  # ru
        "puan",  # tr
        "\u0111i\u1ec3m",  # vi
        "\u5206; \u70b9; \u70b9\u6570",  # zh, ja
        "\uc810",  # ko
        "\u0646\u0642\u0627\u0637; \u062f\u0631\u062c\u0627\u062a; \u062f\u0631\u062c\u0629",  # ar
        "\u0905\u0902\u0915",  # hi
    )
)
TASKS = "; ".join(
    (
        "explain; describe; state; list; name; calculate; compute; determine; find; prove; show that; sketch; draw; discuss; compare; define; give; write; solve; evaluate; derive; complete; fill in; choose; select; match; underline; circle; tick; decide whether; true or false; estimate; outline; identify; translate",
        "erkl\u00e4re; erkl\u00e4ren sie; beschreibe; beschreiben sie; nenne; nennen sie; berechne; berechnen sie; bestimme; bestimmen sie; zeige; zeigen sie; beweise; beweisen sie; zeichne; zeichnen sie; begr\u00fcnde; begr\u00fcnden sie; vergleiche; vergleichen sie; erg\u00e4nze; erg\u00e4nzen sie; kreuze; kreuzen sie; ordne; ordnen sie; l\u00f6se; l\u00f6sen sie; gib; geben sie; skizziere; skizzieren sie; er\u00f6rtere; er\u00f6rtern sie; w\u00e4hle; w\u00e4hlen sie",
        "explica; explique; describe; describa; calcula; calcule; nombra; nombre; completa; complete; define; defina; compara; compare; demuestra; demuestre; dibuja; dibuje; elige; elija; resuelve; resuelva; indica; indique; escribe; escriba; justifica; justifique; halla; halle; enumera; enumere",
        "expliquez; explique; d\u00e9crivez; d\u00e9cris; calculez; calcule; nommez; compl\u00e9tez; compl\u00e8te; d\u00e9finissez; comparez; d\u00e9montrez; montrez; dessinez; choisissez; r\u00e9solvez; indiquez; \u00e9crivez; justifiez; citez; donnez; cochez; d\u00e9terminez",
        "spiega; spiegate; descrivi; descrivete; calcola; calcolate; elenca; completa; completate; definisci; confronta; dimostra; disegna; scegli; risolvi; indica; scrivi; giustifica; determina",
        "explique; descreva; calcule; cite; complete; defina; compare; demonstre; desenhe; escolha; resolva; indique; escreva; justifique; determine; assinale",
        "leg uit; beschrijf; bereken; noem; vul in; definieer; vergelijk; bewijs; teken; kies; los op; geef; schrijf; bepaal",
        "wyja\u015bnij; opisz; oblicz; wymie\u0144; uzupe\u0142nij; zdefiniuj; por\u00f3wnaj; udowodnij; narysuj; wybierz; rozwi\u0105\u017c; podaj; napisz; wyznacz; zaznacz",
        "\u043e\u0431\u044a\u044f\u0441\u043d\u0438\u0442\u0435; \u043e\u043f\u0438\u0448\u0438\u0442\u0435; \u0432\u044b\u0447\u0438\u0441\u043b\u0438\u0442\u0435; \u043d\u0430\u0437\u043e\u0432\u0438\u0442\u0435; \u0434\u043e\u043f\u043e\u043b\u043d\u0438\u0442\u0435; \u043e\u043f\u0440\u0435\u0434\u0435\u043b\u0438\u0442\u0435; \u0441\u0440\u0430\u0432\u043d\u0438\u0442\u0435; \u0434\u043e\u043a\u0430\u0436\u0438\u0442\u0435; \u043d\u0430\u0440\u0438\u0441\u0443\u0439\u0442\u0435; \u0432\u044b\u0431\u0435\u0440\u0438\u0442\u0435; \u0440\u0435\u0448\u0438\u0442\u0435; \u0443\u043a\u0430\u0436\u0438\u0442\u0435; \u043d\u0430\u043f\u0438\u0448\u0438\u0442\u0435; \u043d\u0430\u0439\u0434\u0438\u0442\u0435",
        "a\u00e7\u0131klay\u0131n\u0131z; a\u00e7\u0131klay\u0131n; hesaplay\u0131n\u0131z; hesaplay\u0131n",
        "gi\u1ea3i th\u00edch; t\u00ednh; n\u00eau; m\u00f4 t\u1ea3; \u0111i\u1ec1n v\u00e0o; so s\u00e1nh; ch\u1ee9ng minh",
        "\u89e3\u91ca; \u8bf4\u660e; \u8ba1\u7b97; \u8bc1\u660e; \u7b80\u8ff0; \u586b\u7a7a; \u8ad6\u3058\u306a\u3055\u3044",
    )
)
EXAMS = "; ".join(
    (
        "exam; examination; quiz; test; worksheet; problem set; homework; assignment; exercises; mock paper; past paper",
        "klausur; pr\u00fcfung; pr\u00fcfungsaufgaben; arbeitsblatt; \u00fcbungsblatt; klassenarbeit; hausaufgaben; abitur; schulaufgabe; aufgaben; probe",
        "examen; prueba; cuestionario; ejercicios; tarea; hoja de ejercicios; control",
        "contr\u00f4le; \u00e9preuve; interrogation; devoir; feuille d'exercices; exercices; bac blanc",
        "esame; verifica; compito; esercizi; test",
        "prova; exame; teste; exerc\u00edcios; lista de exerc\u00edcios; ficha de trabalho",
        "toets; tentamen; proefwerk; werkblad; opgaven",
        "egzamin; sprawdzian; kartk\u00f3wka; klas\u00f3wka; zadania; karta pracy",
        "\u044d\u043a\u0437\u0430\u043c\u0435\u043d; \u043a\u043e\u043d\u0442\u0440\u043e\u043b\u044c\u043d\u0430\u044f; \u0442\u0435\u0441\u0442; \u0441\u0430\u043c\u043e\u0441\u0442\u043e\u044f\u0442\u0435\u043b\u044c\u043d\u0430\u044f \u0440\u0430\u0431\u043e\u0442\u0430",
        "s\u0131nav; test; yaz\u0131l\u0131; bài kiểm tra; \u0111\u1ec1 thi",
        "\u8003\u8bd5; \u6d4b\u9a8c; \u8bd5\u5377; \u8bd5\u9898; \u8a66\u9a13; \u30c6\u30b9\u30c8; \uc2dc\ud5d8; \u0627\u0645\u062a\u062d\u0627\u0646; \u0627\u062e\u062a\u0628\u0627\u0631; \u092a\u0930\u0940\u0915\u094d\u0937\u093e",
    )
)
