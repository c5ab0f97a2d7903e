"""Replies as a kind expert writes them, on the three themes; nobody's words, nobody's data."""

from __future__ import annotations

from typing import Final

DEGREE_FIRST: Final = (
    (
        "Buongiorno, il riscatto si può chiedere anche se non lavora ancora. La domanda si presenta "
        "online, dal sito dell'INPS, con SPID o CIE."
    ),
    (
        "Buongiorno signora, si riscattano solo gli anni di durata legale del corso. Gli anni fuori "
        "corso restano fuori."
    ),
    (
        "Salve, per il riscatto agevolato gli anni di studio devono essere nel sistema contributivo. "
        "Se ha studiato prima del 1996 possiamo vedere insieme quali strade restano."
    ),
    (
        "Ciao! Sì, puoi pagare a rate: l'importo è lo stesso e non ci sono interessi. Se hai altri "
        "dubbi scrivimi pure."
    ),
    (
        "Gentile utente, grazie per averci scritto. Il titolo deve essere stato conseguito: senza la "
        "laurea gli anni di studio non si possono riscattare.\n\nCordiali saluti"
    ),
    (
        "Buonasera, il dottorato si può riscattare se durante il corso non erano già versati "
        "contributi. Dal 1999 di solito i contributi ci sono, nella Gestione separata."
    ),
    (
        "Buongiorno, capisco la sua preoccupazione: la risposta dell'INPS può richiedere alcuni mesi. "
        "Dalla sua area MyINPS può seguire lo stato della domanda."
    ),
    (
        "Ciao Marta, complimenti per la laurea! Puoi chiedere il riscatto quando vuoi: non c'è una "
        "scadenza."
    ),
    (
        "Buongiorno, il costo dipende dalla retribuzione degli ultimi dodici mesi se sceglie il "
        "calcolo ordinario. Con quello agevolato la cifra è uguale per tutti e cambia ogni anno."
    ),
    (
        "Salve. Il simulatore dell'INPS è aperto a tutti, non chiede SPID e dà una stima. Lo trova "
        "qui: https://www.inps.it/ alla voce «Riscatto laurea, simulatore»."
    ),
    (
        "Buongiorno, per la laurea presa all'estero serve il riconoscimento in Italia. Lo rilasciano "
        "le università. Dopo può fare domanda come tutti."
    ),
    (
        "Gentile dottoressa, il riscatto serve sia per il diritto sia per la misura della pensione. "
        "Quello agevolato, nel calcolo contributivo, aumenta un po' meno l'importo."
    ),
    (
        "Buongiorno, può riscattare anche solo una parte degli anni. Molte persone scelgono solo "
        "quelli che servono per andare in pensione prima."
    ),
    (
        "Ciao, no: i mesi in cui hai lavorato e studiato insieme non si riscattano due volte. "
        "Vengono tolti dal conto."
    ),
    (
        "Buongiorno. I suoi genitori possono pagare al posto suo, se lei non ha mai lavorato. In "
        "questo caso possono detrarre una parte della spesa dalle tasse."
    ),
    (
        "Salve, se smette di pagare le rate non perde quanto ha versato: l'INPS riconosce i mesi già "
        "pagati. Non ci sono multe."
    ),
    (
        "Buon pomeriggio, per i laureati in medicina la specializzazione segue regole diverse a "
        "seconda dell'anno. Mi dice in quali anni l'ha frequentata?"
    ),
    (
        "Buongiorno, il diploma del conservatorio si riscatta se è equiparato alla laurea. Dipende "
        "dal tipo di diploma: mi può dire quale ha?"
    ),
    (
        "Gentile signore, ho letto la sua domanda con attenzione. Non posso vedere la sua pratica, "
        "ma posso spiegarle la regola: si guarda la data di presentazione.\n\nUn cordiale saluto"
    ),
    (
        "Ciao! La ricongiunzione è un'altra cosa: unisce contributi già versati in casse diverse. "
        "Il riscatto invece copre anni senza contributi."
    ),
    (
        "Buongiorno, se è iscritto a una cassa professionale la domanda va fatta alla sua cassa. "
        "Ogni cassa ha le sue tariffe: le conviene chiedere un preventivo."
    ),
    (
        "Buongiorno Lei può rinunciare dopo avere ricevuto il provvedimento: basta non pagare. La "
        "domanda decade e potrà ripresentarla in futuro."
    ),
    (
        "Salve, mi dispiace per l'attesa. Le rate si pagano con pagoPA oppure con addebito sul "
        "conto, dal Portale dei Pagamenti dell'INPS."
    ),
    (
        "Buongiorno, la spesa si deduce dal reddito nella dichiarazione dei redditi. Conservi le "
        "ricevute: le serviranno per il 730."
    ),
    (
        "Ciao, il master di primo livello non rientra. Rientrano la laurea, la specializzazione, il "
        "dottorato e i diplomi universitari."
    ),
    (
        "Gentile Signora, per i dipendenti pubblici la domanda è la stessa e si presenta sempre "
        "all'INPS. Le regole di calcolo possono cambiare.\nBuona giornata"
    ),
    (
        "Buongiorno. Nessuna domanda è stupida, anzi: è uno dei dubbi più comuni. L'anno accademico "
        "inizia di regola il 1° novembre."
    ),
    (
        "Buongiorno e grazie della pazienza. Se ha due lauree può riscattarle entrambe, purché gli "
        "anni non si sovrappongano."
    ),
    (
        "Salve, non si preoccupi: se manca un documento l'INPS glielo chiede prima di decidere. Di "
        "solito non serve allegare il diploma, basta indicare l'università."
    ),
    (
        "Buongiorno, no, il servizio militare si fa valere con un'altra domanda ed è gratuito. Per "
        "gli anni di laurea invece si paga."
    ),
    (
        "Ciao Luca, se lavori in Germania devi avere almeno un contributo in Italia per il riscatto "
        "ordinario. Poi i periodi si sommano con quelli tedeschi."
    ),
    (
        "Buonasera, la domanda può presentarla anche tramite un patronato, gratis. Porti il "
        "documento, il codice fiscale e le date di iscrizione e di laurea."
    ),
    (
        "Gentile professore, il riscatto light si paga tutto o a rate, ma non a rate quando serve "
        "subito per liquidare la pensione."
    ),
)

DEGREE_LATER: Final = (
    "Sì, confermo: contano le date che ha indicato l'università.",
    "Esatto, in quel caso si parte dal primo anno di iscrizione.",
    "No, non perde niente. Gli anni già coperti dal lavoro restano coperti dal lavoro.",
    (
        "Ho controllato sulla circolare: il pagamento della prima rata deve avvenire entro la data "
        "scritta sul bollettino. Se la lascia passare, può fare una nuova domanda."
    ),
    "Le consiglio di fare prima la simulazione e poi decidere con calma. Nessuno le mette fretta.",
    (
        "Per questo punto serve vedere la sua posizione, e da qui non possiamo. Le conviene prenotare "
        "un appuntamento in sede oppure chiamare il numero 803 164, gratuito da rete fissa."
    ),
    (
        "Certo, ti spiego meglio: il sistema è misto se avevi meno di 18 anni di contributi a fine "
        "1995. È contributivo se hai iniziato a lavorare dal 1996."
    ),
    (
        "Ha ragione, la mia prima risposta non era chiara. Provo a dirlo con un esempio: se il corso "
        "dura tre anni e lei si è laureato in cinque, se ne riscattano tre."
    ),
    (
        "In breve:\n- domanda online con SPID, CIE o CNS;\n- risposta dell'INPS via lettera o area "
        "riservata;\n- pagamento in un'unica volta o a rate."
    ),
    "Il TFR non c'entra con il riscatto. Il TFR lo paga il datore di lavoro alla fine.",
    "Può usare la certificazione unica (CU) dell'anno scorso per avere un'idea della retribuzione.",
    (
        "> il mio capo dice che sono un ignorante e che non si può\nPosso capire che sia stato "
        "spiacevole. La regola lo permette: può chiederlo anche mentre lavora."
    ),
    (
        "Purtroppo su questo non ho una risposta sicura e preferisco non dirle una cosa sbagliata. "
        "Chiedo a una collega e le scrivo entro domani."
    ),
    "Di solito servono alcuni mesi; non posso dire con certezza quando arriverà la sua risposta.",
    "La pensione di vecchiaia richiede anche un'età: il riscatto aggiunge anni, ma non cambia l'età.",
    "Va benissimo anche il certificato di laurea scaricato dal sito dell'università.",
    "Grazie a lei. Se le serve altro, ci scriva quando vuole.",
)

VOUCHERS_FIRST: Final = (
    (
        "Buongiorno, i vecchi voucher cartacei non esistono più dal 2017. Oggi le famiglie usano il "
        "Libretto Famiglia."
    ),
    (
        "Salve, con il Libretto Famiglia può pagare piccoli lavori di casa, ripetizioni, aiuto a "
        "bambini e anziani. Il lavoratore riceve i soldi dall'INPS."
    ),
    (
        "Ciao! Prima ti registri sul sito dell'INPS, poi carichi il portafoglio elettronico e infine "
        "comunichi il lavoro svolto."
    ),
    (
        "Buongiorno, la comunicazione si fa entro il giorno 3 del mese dopo. Se la inserisce più "
        "tardi, il pagamento slitta."
    ),
    (
        "Gentile signora, mi dispiace che il pagamento non sia ancora arrivato. Di regola l'INPS paga "
        "entro il 15 del mese dopo quello in cui la prestazione è stata inserita."
    ),
    "Buonasera, PrestO serve alle imprese e ai professionisti. Una famiglia non lo può usare.",
    (
        "Buongiorno, un'azienda agricola dal 2023 non usa più PrestO. Per la vendemmia c'è LOAgri, "
        "il contratto occasionale in agricoltura."
    ),
    (
        "Salve, il pensionato può lavorare con LOAgri nella raccolta delle olive. La paga segue il "
        "contratto agricolo e la versa l'azienda."
    ),
    (
        "Ciao Ahmed, per ricevere i soldi devi indicare il tuo IBAN quando ti registri. Se non hai un "
        "conto, puoi riscuotere alla posta con il documento."
    ),
    (
        "Buongiorno, il bambino può fare le ripetizioni pagate con il Libretto, certo. È la famiglia "
        "che si registra come utilizzatore."
    ),
    (
        "Buongiorno, per un allevamento di capre il lavoro è agricolo. Le serve il contratto LOAgri, "
        "non PrestO."
    ),
    (
        "Gentile utente, la comunicazione di PrestO va fatta almeno un'ora prima dell'inizio del "
        "lavoro. Può modificarla o toglierla se il lavoro non si fa.\nSaluti"
    ),
    (
        "Buongiorno, i compensi del Libretto Famiglia sono esenti da tasse e non fanno perdere la "
        "disoccupazione, entro certi limiti."
    ),
    (
        "Salve, se ha sbagliato l'orario può correggere la comunicazione. Entri nel servizio, scelga "
        "la prestazione e prema «Modifica»."
    ),
    "Ciao, sì: il tetto vale per tutti i committenti insieme. Conta l'anno da gennaio a dicembre.",
    (
        "Buongiorno, se il suo datore di lavoro è lo stesso degli ultimi sei mesi non può pagarla con "
        "PrestO. È una regola contro gli abusi."
    ),
    (
        "Buon pomeriggio signor Bianchi, per ricaricare il portafoglio può usare il modello F24 "
        "oppure pagoPA. Con pagoPA i soldi sono disponibili prima."
    ),
    (
        "Buongiorno, il minore può lavorare dai 16 anni, se ha finito la scuola dell'obbligo. Per le "
        "ripetizioni non ci sono problemi."
    ),
    (
        "Gentile signore, se il lavoratore si fa male deve avvisare subito e l'infortunio va denunciato "
        "all'INAIL. L'assicurazione è già compresa nel titolo.\n\nCordialmente"
    ),
    (
        "Salve! Non serve un contratto scritto per il Libretto Famiglia: bastano la registrazione e "
        "la comunicazione."
    ),
    (
        "Buongiorno, il commercialista può fare tutto per lei. Deve avere la delega nel cassetto "
        "previdenziale."
    ),
    (
        "Buongiorno. Lo studente con meno di 25 anni conta in modo più favorevole per il limite "
        "dell'impresa. Deve dichiararlo quando si registra."
    ),
    (
        "Ciao, tranquilla: succede spesso. Se il portafoglio risulta vuoto, aspetta qualche giorno e "
        "controlla di nuovo."
    ),
    (
        "Buongiorno, attenzione ai truffatori: l'INPS non chiede mai dati della carta per telefono o "
        "per messaggio."
    ),
    (
        "Salve, se l'impresa ha molti dipendenti non può usare PrestO. Il limite dipende dal settore "
        "e lo trova nella pagina del servizio."
    ),
    (
        "Gentile signora, le chiedo scusa per il disguido. Ho letto ora la sua seconda domanda: sì, "
        "può pagare anche la baby-sitter della domenica."
    ),
    (
        "Buongiorno, un Comune può usare PrestO per lavori di solidarietà o per piccole "
        "manifestazioni. Serve una delibera e la registrazione dell'ente."
    ),
    (
        "Ciao! La NASpI resta, se con il lavoro occasionale stai sotto la soglia. Per la tua "
        "situazione precisa senti il patronato."
    ),
    (
        "Buongiorno, il contratto a garanzia della fornitura non riguarda PrestO. Se ci spiega meglio "
        "di che lavoro si tratta possiamo aiutarla."
    ),
    (
        "Buongiorno, i soldi caricati e non usati si possono chiedere indietro. C'è una voce apposta "
        "nel servizio, si chiama rimborso."
    ),
    (
        "Salve, può lavorare anche se prende la pensione. I compensi occasionali si sommano, con "
        "qualche eccezione per chi è uscito in anticipo."
    ),
    (
        "Buongiorno, il permesso di soggiorno deve essere valido e permettere il lavoro. Con la "
        "ricevuta del rinnovo può lavorare."
    ),
    (
        "Buona sera, il bar può usare PrestO per la festa del paese, se rispetta i limiti. Ogni "
        "prestazione va comunicata prima."
    ),
)

VOUCHERS_LATER: Final = (
    "Sì, un titolo vale per un'ora o meno di lavoro.",
    "No, al lavoratore arriva il netto: i contributi sono già nel titolo.",
    (
        "Ecco i passi:\n1. entri con SPID;\n2. cerchi «Prestazioni occasionali»;\n3. scelga "
        "«Lavoratore»;\n4. controlli l'IBAN."
    ),
    "Ho capito. In questo caso la comunicazione va tolta prima della fine del terzo giorno.",
    "Mi scusi, ho scritto male: intendevo il 3 del mese dopo, non il 13.",
    "Può scaricare il prospetto paga dalla sua area riservata, con il dettaglio di ogni giorno.",
    "Se il bonifico torna indietro, l'INPS lo rimanda dopo che lei ha corretto l'IBAN.",
    (
        "Le giornate si contano per ogni lavoratore, in un anno. Se piove e non si lavora, la "
        "giornata non conta."
    ),
    "Non è colpa sua: la pagina oggi ha avuto un problema. Riprovi più tardi, per favore.",
    (
        "Attenzione: se supera il limite delle ore il rapporto può diventare a tempo pieno e senza "
        "scadenza. Meglio fermarsi prima."
    ),
    (
        "Il cittadino scrive «siete dei LADRI e dei bugiardi». Comprendo la rabbia: tre mesi senza "
        "soldi sono tanti. Ho segnalato il ritardo a chi può controllare."
    ),
    "Dal sito può anche delegare una persona di fiducia, senza andare in sede.",
    "Per il DURC e il CCNL agricolo si rivolga al suo consulente del lavoro.",
    (
        "Ti capisco, è un linguaggio difficile. «Utilizzatore» vuol dire chi paga, «prestatore» vuol "
        "dire chi lavora."
    ),
    "Mi può dire se ha inserito la prestazione prima o dopo la fine del mese?",
    "Va bene, aspetto le sue notizie. Intanto la richiesta resta aperta.",
    "Prego, figurati! Buona raccolta.",
)

DOMESTIC_FIRST: Final = (
    (
        "Buongiorno, l'assunzione va comunicata all'INPS almeno un giorno prima che la badante "
        "cominci. Si fa online o al telefono."
    ),
    (
        "Salve, per la colf a ore il contratto scritto è necessario. Una copia firmata resta a lei e "
        "una alla lavoratrice."
    ),
    (
        "Ciao! I contributi si pagano ogni tre mesi, con pagoPA. Le scadenze sono il 10 aprile, il 10 "
        "luglio, il 10 ottobre e il 10 gennaio."
    ),
    (
        "Gentile signora, mi dispiace molto per la perdita di sua madre. Il contratto della badante "
        "può finire con il preavviso; le spiego i passi quando se la sente.\n\nUn caro saluto"
    ),
    (
        "Buongiorno, le ferie sono ventisei giorni lavorativi l'anno, qualunque sia l'orario. Si "
        "concordano insieme."
    ),
    (
        "Buonasera, la tredicesima spetta anche a chi lavora poche ore. È un dodicesimo della paga "
        "per ogni mese lavorato."
    ),
    (
        "Buongiorno, la malattia della lavoratrice la paga la famiglia, per un numero di giorni che "
        "cresce con l'anzianità. L'INPS non la paga."
    ),
    (
        "Ciao Olena, hai diritto al riposo la domenica. Se sei convivente hai anche un altro mezzo "
        "giorno libero durante la settimana."
    ),
    (
        "Buongiorno, per il licenziamento serve il preavviso. I giorni dipendono dalle ore di lavoro e "
        "dagli anni di servizio."
    ),
    (
        "Salve, il TFR va calcolato ogni anno e pagato alla fine. La lavoratrice può chiedere un "
        "anticipo."
    ),
    (
        "Buongiorno, anche il marito può assumere una badante per la moglie malata. Non può invece "
        "assumere la moglie stessa, salvo casi particolari."
    ),
    (
        "Gentile utente, il bonus per chi ha più di ottant'anni è una misura a parte. Serve l'ISEE e "
        "l'indennità di accompagnamento.\nCordiali saluti"
    ),
    (
        "Buongiorno. Se la persona è analfabeta può firmare davanti a due testimoni. Il sindacato può "
        "aiutarla."
    ),
    (
        "Ciao, il vitto e l'alloggio valgono anche per il calcolo della tredicesima e delle ferie. "
        "Trovi i valori nelle tabelle del contratto."
    ),
    (
        "Buongiorno signor Rossi, può portare in deduzione i contributi versati per la colf. Conservi "
        "le ricevute di pagamento."
    ),
    (
        "Salve, se la badante va via senza preavviso lei può trattenere i giorni dall'ultima paga. "
        "Le consiglio però di parlarle prima."
    ),
    (
        "Buongiorno, la maternità della lavoratrice domestica è pagata dall'INPS. Non può essere "
        "licenziata dall'inizio della gravidanza fino alla fine del congedo."
    ),
    (
        "Buon pomeriggio, il periodo di prova dura otto giorni di lavoro effettivo, trenta per i "
        "livelli più alti. In prova non serve preavviso."
    ),
    (
        "Buongiorno, non si vergogni di chiedere: sono regole complicate per tutti. La busta paga va "
        "data ogni mese e la firmate insieme."
    ),
    (
        "Gentile signora, l'INPS non invia più i bollettini a casa. Li scarica dal sito, oppure può "
        "usare l'app.\nA presto"
    ),
    (
        "Ciao! Se lavori meno di 24 ore alla settimana i contributi per ora sono un po' più alti. "
        "Oltre le 24 ore sono più bassi."
    ),
    (
        "Buongiorno, la lavoratrice straniera deve avere il permesso di soggiorno valido. Se scade, "
        "basta la ricevuta della domanda di rinnovo."
    ),
    "Salve, la giornata del santo patrono è festiva: se lavora va pagata in più.",
    (
        "Buongiorno, mi dispiace per quello che le è successo. Se suo padre è in pericolo chiami "
        "subito il 112. Per il lavoro nero può rivolgersi all'Ispettorato, anche senza avvocato."
    ),
    (
        "Buonasera, la scheda «Lavoratori domestici» si trova in MyINPS. Lì vede i contributi che il "
        "suo datore ha versato per lei."
    ),
    (
        "Gentile dottor Verdi, la CassaColf si paga insieme ai contributi. Il codice da usare è F2.\n\n"
        "Distinti saluti"
    ),
    (
        "Buongiorno, una colf pagata a ore ha diritto alle festività. Si divide la paga del mese per "
        "ventisei."
    ),
    (
        "Ciao Ana, se il datore non ti ha registrata puoi chiedere aiuto al patronato o al sindacato. "
        "Non devi avere paura."
    ),
    (
        "Buongiorno, il contratto si può trasformare da non convivente a convivente. Lo comunica "
        "all'INPS entro cinque giorni."
    ),
    (
        "Salve, la sostituzione per le ferie si fa con un contratto a termine. Va scritta la ragione "
        "e il nome di chi viene sostituito."
    ),
    (
        "Buongiorno, grazie dei dettagli. Se la badante dorme in casa ma non lavora di notte, resta "
        "convivente: l'orario massimo è di 54 ore alla settimana."
    ),
    (
        "Buongiorno, l'assistente notturna ha una tabella propria, la tabella D. La presenza notturna "
        "ne ha un'altra, la tabella E."
    ),
    (
        "Gentile signora, il CUD oggi si chiama CU. Per il lavoro domestico la famiglia rilascia una "
        "dichiarazione delle somme pagate, entro marzo.\nBuona giornata"
    ),
    "Buongiorno, la domanda di disoccupazione NASpI va fatta entro 68 giorni dalla fine del lavoro.",
)

DOMESTIC_LATER: Final = (
    "Sì, anche per due ore a settimana bisogna registrarla.",
    "No, i contanti si possono usare, ma è meglio il bonifico: resta la prova.",
    "La differenza è questa: la colf si occupa della casa, la badante di una persona.",
    "Le allego il percorso: MyINPS > Lavoro > Lavoratori domestici > Comunicazioni.",
    "Ha fatto bene a scriverci. Aspetti a firmare la lettera e la porti al sindacato.",
    "Può chiamare il 803 164 da telefono fisso o il 06 164 164 da cellulare.",
    (
        "> Siete inutili, nessuno risponde mai!!!\nMi dispiace per l'attesa, ha ragione a lamentarsi. "
        "Ecco la risposta: il preavviso è di quindici giorni."
    ),
    "L'aumento degli scatti è ogni due anni, fino a sette scatti.",
    (
        "In questo caso le ore straordinarie si pagano di più: la percentuale cambia se è notte o "
        "festa."
    ),
    "Se non siete d'accordo sul conteggio, il sindacato può rifarlo gratis o con una piccola spesa.",
    "Non c'è nessun problema: la comunicazione si può annullare prima dell'inizio.",
    "Ti consiglio di tenere un quaderno con le ore di ogni giorno.",
    (
        "Per il livello guardi che cosa fa davvero: chi assiste una persona non autosufficiente è CS; "
        "con un diploma specifico è DS."
    ),
    (
        "Mi spiego meglio: «non autosufficiente» vuol dire che la persona non riesce a fare da sola le "
        "cose di ogni giorno."
    ),
    "Capisco che sia un momento faticoso. Facciamo un passo alla volta.",
    "Resto a disposizione per altri chiarimenti.",
)

FIRST_REPLIES: Final = DEGREE_FIRST + VOUCHERS_FIRST + DOMESTIC_FIRST
"""The first reply of a case: each has a greeting."""

LATER_REPLIES: Final = DEGREE_LATER + VOUCHERS_LATER + DOMESTIC_LATER
"""What follows in the same case."""
