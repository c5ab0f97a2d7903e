"""For each kind of finding, replies that have it and replies that only look as if they had."""

from __future__ import annotations

from typing import Final

from bussola.conversations.voice import Kind

_LONG = (
    "Se lei ha lavorato in Italia prima del 1996 e poi ha ripreso gli studi lasciando il lavoro per "
    "qualche anno e tornando in seguito a lavorare con un contratto diverso da quello che aveva "
    "prima, il riscatto si può chiedere ma il conto cambia"
)
_TWO = (
    "Se lei ha lavorato in Italia prima del 1996 e poi ha ripreso gli studi, il riscatto si può "
    "chiedere. Il conto però cambia, perché conta anche il contratto che aveva prima"
)
_HARD = (
    "Amministrativamente l'inammissibilità sopravvenuta dell'istanza precedentemente presentata "
    "determina conseguentemente l'improcedibilità dell'accertamento previdenziale"
)

FOUND: Final[dict[Kind, tuple[str, ...]]] = {
    "insult": (
        "Buongiorno, lei è un'ignorante.",
        "Ma sei scemo?",
        "Si vergogni di chiedere soldi allo Stato.",
        "Lei e' fuori di testa.",
        "Signora, lei è proprio una capra.",
        "Siete una banda di ladri.",
        "Buonasera, vada al diavolo.",
        "Non capisci niente, lascia perdere.",
        "Che razza di asino.",
        "Perché non torna al suo paese?",
        "Che cretinata hai combinato col modulo, imbecille.",
    ),
    "personal_data": (
        "Buongiorno, il suo codice fiscale RSSMRA85T10A562S risulta corretto.",
        "Le scrivo a mario.rossi@example.it appena so qualcosa.",
        "Ciao, chiama la collega al 333 123 4567.",
        "Il bonifico va su IT60X0542811101000000123456.",
        "Può richiamarmi al +39 347 1234567 domani.",
        "«Il mio numero è 3331234567»: l'ho letto, grazie.",
        "> scrivetemi a anna@example.com\nBuongiorno, certo.",
        "La carta 4111 1111 1111 1111 non è accettata.",
    ),
    "sarcasm": (
        "Come le ho già detto mille volte, si fa online.",
        "Se sapesse leggere avrebbe già finito.",
        "Evidentemente non hai letto la mail.",
        "Complimenti, davvero un bel risultato.",
        "Ma davvero non lo sapeva?",
        "Forse non le è chiaro come funziona.",
        "Si legga la circolare.",
        "Ci vuole tanto a fare una domanda?",
        "Ma guarda, adesso ha fretta.",
        "Non siamo mica al tuo servizio.",
    ),
    "shouting": (
        "LA SCADENZA È IL DIECI APRILE",
        "Buongiorno, le ho scritto che NON SI PUÒ FARE.",
        "Legga bene!!!",
        "Gentile utente, DEVE USARE LO SPID per entrare.",
        "Basta! Ho già risposto! Legga!",
        "SIGNORA la DOMANDA è SCADUTA il mese SCORSO e NON SI RIAPRE",
        "Ma no ! ! ! La colf va registrata.",
        "NON È VERO, la legge dice un'altra cosa.",
        "ASPETTI!! CAPITO?! ASPETTI!",
    ),
    "promise": (
        "Le garantisco che la domanda va bene.",
        "Sicuramente avrà il bonus a marzo.",
        "Stia tranquilla che la pagano.",
        "Glielo prometto: entro giugno è tutto finito.",
        "Ti prometto che arriva.",
        "Il rimborso è garantito.",
        "Avrà diritto di sicuro alla NASpI.",
        "Domani le arriva il bonifico.",
        "La sua domanda verrà accolta.",
        "È sicuro al 100%.",
    ),
    "condescension": (
        "Caro mio, il riscatto si paga.",
        "Signora mia, abbia pazienza.",
        "Glielo spiego come a un bambino.",
        "Faccia la brava e ricarichi il portafoglio.",
        "Tesoro, i voucher non ci sono più.",
        "Non si agiti.",
        "Lasci fare a chi è del mestiere.",
        "Si faccia aiutare da qualcuno più sveglio.",
        "Bella mia, le ferie si pagano.",
        "Lei non può capire queste regole.",
    ),
    "no_greeting": (
        "Il riscatto si chiede online.",
        "No.",
        "Deve usare lo SPID, poi può stampare la ricevuta.",
        "La badante ha diritto alle ferie. Lo dice il contratto.",
        "Veda il sito INPS: https://www.inps.it/",
        "Ti rispondo qui: il TFR si paga alla fine.",
        "«Buongiorno, come faccio?» Si fa online.",
        "> Ciao\nSi paga con pagoPA.",
    ),
    "hard_to_read": (
        _HARD,
        f"{_HARD}.",
        f"Buongiorno, {_HARD.lower()}",
        (
            "Le conseguenti determinazioni amministrative comporteranno l'accertamento "
            "dell'irricevibilità procedimentale."
        ),
        (
            "Conformemente all'interpretazione giurisprudenziale prevalente, l'autocertificazione "
            "reddituale sostituisce integralmente la documentazione precedentemente trasmessa."
        ),
        (
            "La contribuzione figurativa accreditabile gratuitamente differisce sostanzialmente dalla "
            "contribuzione riscattabile onerosamente."
        ),
        (
            "Ricongiunzione contributiva internazionale: l'inapplicabilità regolamentare preclude "
            "temporaneamente l'accoglimento amministrativo."
        ),
        (
            "Preliminarmente occorrerà regolarizzare l'incongruenza anagrafica riscontrata "
            "nell'archivio pensionistico istituzionale."
        ),
    ),
    "bureaucratic": (
        "Pregasi allegare il modulo.",
        "Ai sensi e per gli effetti della legge n. 92/2012 la domanda è tardiva.",
        "In ottemperanza alla circolare, le rispondo.",
        "Deve espletare la pratica online.",
        "Codesto documento non serve.",
        "La sua istanza è arrivata.",
        "Qualora la colf si ammali, avvisi il patronato.",
        "Al fine di avere il PIN chieda allo sportello.",
        "Il suddetto contratto scade a maggio.",
    ),
    "too_long_sentence": (
        f"{_LONG}.",
        f"Buongiorno. {_LONG}, come spiegato.",
        f"{_LONG}, ai sensi dell'art. 2 della legge.",
        f"{_LONG}?",
        f"Gentile signora,\n{_LONG}\nSaluti",
        f"- {_LONG};\n- altro.",
        f"{_LONG}! Va bene?",
        f"In breve: {_LONG.lower()}.",
    ),
    "only_a_link": (
        "https://www.inps.it/",
        "Buongiorno, https://www.inps.it/ Saluti",
        "Ciao, trovi tutto qui: https://www.inps.it/it/it.html",
        "Veda www.inps.it",
        "Buongiorno, trova tutte le informazioni sul sito dell'INPS a questo link: www.inps.it",
        "Consulti la pagina https://www.gov.it/spid",
        "Salve, legga qui https://www.inps.it/a e qui https://www.inps.it/b",
        "inps.it",
    ),
}

NOT_FOUND: Final[dict[Kind, tuple[str, ...]]] = {
    "insult": (
        "Nessuna domanda è stupida, chieda pure.",
        "Non si vergogni: sono regole difficili.",
        "Il latte di capra è un prodotto agricolo: serve LOAgri.",
        "Il pagamento è stato ritardato di un mese.",
        "La sede più vicina è quella del Comune di Troia.",
        "Attenzione ai ladri di identità e ai truffatori.",
        "Gli scemini non esistono, ma Scemoli sì: è una frazione.",
        "Il cittadino scrive «siete dei cretini»: capisco la sua rabbia.",
        "> siete ladri e idioti\nMi dispiace per l'attesa.",
        "Per chi alleva pecore, maiali o asini il lavoro è agricolo.",
        "Ho fatto uno stupido errore, mi scusi.",
        "Per lei è inutile presentare un'altra domanda: la prima va bene.",
        "La badante lavora con lei e un cane le fa compagnia.",
    ),
    "personal_data": (
        "Chiami il 803 164 da telefono fisso.",
        "Da cellulare il numero è 06 164 164.",
        "Se è in pericolo chiami il 112 o il 1522.",
        "L'importo è 6.206,64 euro l'anno.",
        "La circolare è la n. 14 del 2026.",
        "Gli uffici aprono dalle 8.30-12.30.",
        "La legge è la 197 del 29 dicembre 2022.",
        "Il codice della richiesta è nella sua pagina.",
    ),
    "sarcasm": (
        "Complimenti per la laurea! Il riscatto si chiede online.",
        "Congratulazioni per la nascita della bambina. Le spetta il congedo.",
        "Non è difficile da compilare: la guida è nella pagina.",
        "Se ha letto la lettera, mi dice la data?",
        "La domanda è chiara, grazie.",
        "Ci vuole tanto tempo, di solito alcuni mesi.",
        "È davvero un caso particolare.",
        "Può leggere la regola nella circolare.",
        "La ringrazio della pazienza.",
    ),
    "shouting": (
        "Per INPS, TFR, SPID, ISEE, NASpI e CU vada al CAF.",
        "Il modello CU INPS TFR NASPI ISEE serve per il 730.",
        "Gentile signora, vale il capo XIV del libro II.",
        "Grazie! Buona giornata!",
        "La tabella C del CCNL vale per il livello CS.",
        "LOAgri e PrestO sono diversi.",
        "OK, SÌ.",
        "> NON RISPONDE NESSUNO!!!\nMi dispiace per l'attesa.",
        "Veda HTTPS://WWW.INPS.IT/PAGINA/DEI/SERVIZI per la domanda.",
    ),
    "promise": (
        "Non le garantisco una data, ma di solito servono due mesi.",
        "Il contratto a garanzia del lavoro è scritto.",
        "La legge garantisce le ferie a tutti.",
        "Il salario minimo garantito non c'entra.",
        "Stia tranquilla: può correggere la domanda.",
        "Non posso garantirle che la accettino.",
        "Se ha i requisiti, avrà la NASpI.",
        "Non le prometto nulla, ma chiedo ai colleghi.",
        "La promessa di assunzione va scritta.",
        "La spesa è detraibile al 100%?",
    ),
    "condescension": (
        "Cara signora, le ferie si pagano.",
        "Caro Luca, il riscatto si paga.",
        "Il mio caro collega le risponde domani.",
        "I titoli del Tesoro contano per i risparmi del nucleo; ministero del Tesoro compreso.",
        "Alla sua età può chiedere la pensione di vecchiaia.",
        "Può lasciar fare al patronato, è gratis.",
        "La bambina ha tre anni: spetta il congedo.",
        "Se si sente agitata, ne parliamo con calma.",
        "Un bravo consulente la può aiutare.",
    ),
    "no_greeting": (
        "Buongiorno, si fa online.",
        "Ciao Marta, sì.",
        "Gentile signora, si paga a rate.",
        "Salve! Certo.",
        "Il riscatto si chiede online.\n\nCordiali saluti",
        "Si paga con pagoPA. Buona giornata!",
        "La ringrazio per la domanda: sì, si può.",
        "\n\nBuona sera, eccomi.",
        "> Ciao\nCiao a te: si paga con pagoPA.",
    ),
    "hard_to_read": (
        "Sì, si può.",
        "La domanda si fa online. Serve lo SPID.",
        "Buongiorno, il TFR si paga alla fine del lavoro.",
        "Può pagare a rate. Non ci sono interessi.",
        "",
        "https://www.inps.it/it/it/dettaglio-scheda.amministrazionetrasparente.html",
        f"> {_HARD}\nVuol dire che la domanda non va bene.",
        "Le ferie sono ventisei giorni. Valgono per tutti.",
    ),
    "bureaucratic": (
        "Per favore alleghi il modulo.",
        "Secondo la legge la domanda è tardi.",
        "Come dice la circolare, si può fare.",
        "Deve fare la domanda online.",
        "Questo documento non serve.",
        "La sua domanda è arrivata.",
        "Se la colf si ammala, avvisi il patronato.",
        "> vogliate espletare l'istanza\nBuongiorno, ecco come si fa.",
    ),
    "too_long_sentence": (
        f"{_TWO}.",
        "Sì.",
        "- primo passo\n" * 50,
        "Scelga lei. " * 30,
        f"> {_LONG}\nHo capito.",
        f"Lei scrive «{_LONG}», ho capito.",
        f"Buongiorno,\n{_TWO}.\nSaluti",
        "",
    ),
    "only_a_link": (
        "Buongiorno, il riscatto si chiede online: https://www.inps.it/",
        "Sì, le ferie si pagano. Veda www.inps.it",
        "Il costo cambia ogni anno: la cifra aggiornata è su https://www.inps.it/",
        "Buongiorno, si può fare.",
        "Prima si registri su inps.it, poi ricarichi il portafoglio.",
        "Ciao! Serve lo SPID; la guida è qui: https://www.gov.it/spid",
        "Grazie, buona giornata.",
        "La domanda va mandata entro aprile, da https://www.inps.it/",
    ),
}
