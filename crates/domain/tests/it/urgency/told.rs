//! What somebody says of themselves though it was first asked about, read, or a relative's; and what only sounds so.

use domain::urgency::Level;

use super::level;

#[test]
fn what_was_asked_read_or_a_relatives_is_ones_own_once_it_is_confirmed() {
    let emergencies = [
        "My dad had a heart attack at 60 and now I have the same crushing pain",
        "Mi papá tuvo un infarto a los 60 y ahora tengo yo el mismo dolor que aprieta",
        "Yes I have it, crushing, right now",
        "You asked if the chest pressure ever came at rest. It is doing it as I type this",
        "The leaflet lists swelling of the tongue and trouble breathing. That is what I have",
        "El folleto dice que la lengua se hincha y falta el aire. Eso es lo que tengo ahorita",
        "I saw the poster in your lobby about strokes and my wife's face looks just like that picture, the left side hangs",
        "Just to let you know the baby (5 weeks) has 101.2, my mother in law says give tylenol",
        "Water broke at 30 weeks, when is my next appointment",
        "Two weeks after the baby, soaking a pad every half hour, is that ok while nursing",
        "third seizure today, keppra refill needed",
        "We all have headaches at home since the furnace came on, the cat passed out",
        "me dejó de doler pero estuve sin poder hablar diez minutos",
    ];
    for text in emergencies {
        assert!(level(text) >= Level::Emergency, "{:?}: {text}", level(text));
    }
}

#[test]
fn a_card_that_asks_is_that_is_ok_takes_nothing_back() {
    for text in [
        "My lips and tongue are swollen, is that ok",
        "I have pressure in my chest, is this normal",
        "Tengo la lengua hinchada y me falta el aire, ¿es normal?",
    ] {
        assert!(level(text) >= Level::Emergency, "{:?}: {text}", level(text));
    }
}

#[test]
fn a_condition_or_a_denial_confirms_nothing() {
    for text in [
        "The sheet says chest pain means call 911 if that is what I have. I feel fine, refill please",
        "The leaflet lists swelling of the tongue. I do not have that now. Refill please",
    ] {
        assert!(level(text) < Level::Emergency, "{:?}: {text}", level(text));
    }
}

#[test]
fn medicines_taken_wrong_that_work_for_hours_are_emergencies() {
    for text in [
        "i gave him his insulin twice by mistake, 40 units each time",
        "He drew up 60 of the Humalog thinking it was the long one, an hour ago. Eating crackers",
        "Me puse la humalog creyendo que era la lenta hace una hora",
        "I took my metoprolol three times today, I get mixed up, feel faint",
        "A mi nena le encanta el jarabe de paracetamol. Se lo tomó sola, el frasco era nuevo",
    ] {
        assert!(level(text) >= Level::Emergency, "{:?}: {text}", level(text));
    }
}

#[test]
fn what_a_laboratory_found_is_read_by_its_number() {
    assert!(level("my potassium came back 6.9 on the portal? Is that bad") >= Level::Emergency);
    assert!(level("me salió el potasio en 6.8") >= Level::Emergency);
    assert_eq!(level("Potassium 6.1 on my labs this morning"), Level::Sameday);
    assert!(!level("Potassium 4.4, sodium 140, all normal. Same dose?").is_card());
}

#[test]
fn preparations_without_the_word_are_a_crisis() {
    for text in [
        "I've given Biscuit to my neighbor and written the letters. Please cancel my appointments.",
        "My family would be so much better off. I have figured out how",
        "My mom says she's going to stop eating so it's over sooner, and has her pills hidden",
        "Mi familia estaría mejor sin mí, ya sé cómo hacerlo",
        "I took the rest of the bottle after the argument, about 50 pills, an hour ago",
    ] {
        assert_eq!(level(text), Level::Crisis, "{text}");
    }
}

#[test]
fn words_that_only_look_like_a_danger_stay_quiet() {
    for text in [
        "My chest pain from the pulled muscle is gone now. Thanks",
        "BP 134/72, pulse 68, wt 182.4 (last wk 182.0), walked to the mailbox daily",
        "Thoughts that you would be better off dead or of hurting yourself - not at all",
        "Your new parking ramp is confusing, the arrows disagree with each other",
        "Got a little pink at the ballgame, sore shoulders",
        "Please correct my chart: it says \"penicillin - anaphylaxis\". That was hives as a kid in 1964",
        "Can we talk about coming off the buspirone at my visit",
        "I'm suffocating under the paperwork from three insurance companies",
    ] {
        assert!(!level(text).is_card(), "{:?}: {text}", level(text));
    }
}

#[test]
fn what_is_told_beside_news_films_instructions_and_a_neighbour_stays_ones_own() {
    let emergencies = [
        "Mi vecina tuvo un derrame y a mí se me durmió la cara hoy",
        "Vi en las noticias lo del monóxido y ahora a todos nos duele la cabeza y la niña se desmayó",
        "Si algún día me da dolor de pecho llamo, pero hoy ya me está doliendo y sudo frío",
        "The movie had a guy choking and now my son is choking on a grape",
        "My late husband had a stroke and now my right arm is numb",
        "For a living I drive a truck and my chest has been crushing since noon",
        "Después de la cirugía me dijeron que volviera si sangraba mucho y estoy empapando toallas cada media hora",
        "Please correct my chart, it says no allergies and my throat is closing now",
        "Remember the spell in August? It is happening again, crushing pressure",
        "In 1998 I had an ulcer and this morning I vomited blood",
        "Haven't touched the rescue inhaler because it is empty and I can't breathe",
        "por si las dudas le aviso que traigo un dolor de pecho que me corre al brazo",
        "You told me to call if my chest hurt. It hurts now, bad, and I'm sweating",
        "Is it normal that my chest feels crushing",
        "¿está bien que no despierte desde que se cayó?",
        "la caja dice que no tome más de 8, me tomé 20 paracetamol",
        "tests all negative at the ER on Monday, but today the chest pain is back and worse",
        "wt 150, pulse 38 and I feel faint",
        "mi amiga quedó inconsciente en mi sala, no sé qué hacer",
        "my cousin had a seizure in my kitchen, what do I do",
        "mi prima tuvo convulsiones en mi casa, ¿qué hago?",
        "mi amigo tuvo sobredosis, está morado",
        "En la tele dijeron que eso era derrame, y a mi mamá se le fue la boca de lado",
        "On the news they said call 911 for that, my dad's face is drooping",
        "si acaso importa, me tomé 40 pastillas",
    ];
    for text in emergencies {
        assert!(level(text) >= Level::Emergency, "{:?}: {text}", level(text));
    }
    for text in [
        "In the movie he shot himself and I keep thinking I want to do the same",
        "En la película se mata al final y yo quiero hacer lo mismo, ya no quiero vivir",
        "Questionnaire item 9: nearly every day. I have pills",
        "my late wife is waiting for me and I want to go to her tonight",
        "vi en facebook que otro se mató y yo ya quiero hacerlo también",
        "el prospecto dice ideas de suicidio, eso es lo que tengo",
    ] {
        assert_eq!(level(text), Level::Crisis, "{text}");
    }
}

#[test]
fn what_is_told_of_others_of_the_past_of_papers_and_of_work_stays_quiet() {
    for text in [
        "Si algún día me da dolor de pecho, ¿llamo al 911 o vengo a la clínica?",
        "La vecina tuvo un derrame y quedó sin hablar, por eso quiero checarme la presión",
        "Mi perro se comió un chocolate y vomitó toda la noche, por eso falté a la cita",
        "Vi en las noticias que un niño se ahogó en una alberca, ¿dan clases de natación ustedes?",
        "Después de la cirugía me dijeron que volviera si sangraba mucho. No ha sangrado, ¿puedo bañarme?",
        "My late husband had a stroke in this same week of the year. Could I have a call from the chaplain?",
        "I write obituaries for a living, overdoses and heart attacks all week. Can I get the flu shot at noon?",
        "The movie had a guy choking and my heart was pounding lol. what's my cholesterol result",
        "Stopped at the blood bank, passed out cookies to donors. Can I donate with A1c 6.4?",
        "En 1998, en Cuba, tuve una úlcera sangrante y vomité sangre. El gastro nuevo pide esos antecedentes",
        "asthma check-in: 0 night wakings, havent touched the rescue puffer in a month, can run stairs fine",
    ] {
        assert!(!level(text).is_card(), "{:?}: {text}", level(text));
    }
}

#[test]
fn a_visit_a_denial_what_is_always_so_and_what_passed_stop_at_what_is_told_behind_them() {
    for text in [
        "The urgent care said it was a pulled muscle, my left arm is numb and my chest is heavy",
        "Dr. Kim saw me yesterday and said all fine. Tonight I can't catch my breath",
        "They ruled out a stroke on Monday. This morning my speech is slurred again",
        "no chest pain now but it was crushing an hour ago and I fainted",
        "I don't have a fever, I just can't breathe lying down and my lips are blue",
        "No allergies that I know of. My tongue is swelling after the shrimp",
        "She isn't responding to me, no pain that I can tell",
        "I never get headaches but this one hit like a thunderclap",
        "not pregnant as far as I know, fainted with stabbing pain on the left side, period two weeks late",
        "He stopped seizing but he is not waking up",
        "The bleeding stopped for a bit, then two more pads in an hour. C-section was 5 days ago",
        "I was fine until lunch, then my face went numb on one side",
        "it passed, but I couldn't see out of my left eye for ten minutes",
        "used the epipen, feeling ok now",
        "He swallowed bleach, threw up, seems fine",
        "I usually have back pain, but since this morning I can't feel my groin and I peed myself",
        "History of migraines. This is the worst headache of my life and my neck is stiff",
        "my usual angina, only this time three nitros did nothing",
        "Do you treat kids? My 2 month old is floppy and won't wake to eat",
        "Can I get a note for work? Also I've vomited blood twice since 6",
        "What's the copay for an ambulance? my husband is having chest pain and is gray",
        "Question for billing. While I have you, my water broke and something is hanging out",
        "cancel my 3pm, I took a whole bottle of tylenol by accident thinking it was the vitamins",
        "En urgencias me dijeron que era gastritis, pero me sigue apretando el pecho y sudo",
        "Ayer el doctor dijo que todo bien. Hoy no puedo respirar",
        "No tengo fiebre, nomás no puedo respirar acostada y tengo los labios morados",
        "ya se le quitó la convulsión pero no despierta",
        "se me pasó, pero diez minutos no vi con el ojo izquierdo",
        "usé la epipen, ya me siento bien",
        "se tomó cloro, vomitó y ya se ve bien",
        "siempre me duele la espalda pero desde la mañana no siento la entrepierna y me orino",
        "mi angina de siempre, pero tres pastillas de nitro no me hicieron nada",
        "¿Cuánto cuesta la ambulancia? mi esposo tiene dolor de pecho y está gris",
        "Cancelen mi cita. Es que se me rompió la fuente y tengo 29 semanas",
        "nunca me duele la cabeza pero esta fue como un trueno",
        "no sé si estoy embarazada, me desmayé con una punzada de un lado y no me ha bajado la regla",
        "una pregunta del copago, y también que mi bebé de dos meses está aguadito y no despierta para comer",
    ] {
        assert!(level(text) >= Level::Emergency, "{:?}: {text}", level(text));
    }
    for text in [
        "I'm not suicidal, I just want to go to sleep and not wake up",
        "no estoy loca, nada más ya no quiero despertar",
    ] {
        assert_eq!(level(text), Level::Crisis, "{text}");
    }
}

#[test]
fn a_match_an_episode_and_work_beside_it_hide_no_danger() {
    for text in [
        "en el juego se desmayó mi hijo y no despierta",
        "This episode was worse, crushing chest pain and my left arm",
        "this morning when I thought I was having a heart attack I called, it still hurts",
        "He had a stroke can't walk, his face droops",
        "after the seizure couldn't walk and he is blue",
        "he fell in the pool and was drowning in it, coughing a lot now",
        "we had two overdoses here tonight, both blue",
        "crushing pain that goes to my back and jaw, sweating",
        "Out of refills on the albuterol, neb every hour isn't helping and ribs pulling in",
        "she has had 10 puffs in an hour and can't finish a sentence",
        "dice mi esposo que hablo raro y se me cae la boca",
        "mi bebé de 5 semanas tiene 38.6",
        "baby 3 weeks, 101.2 rectal",
    ] {
        assert!(level(text) >= Level::Emergency, "{:?}: {text}", level(text));
    }
    for text in [
        "Thoughts that you would be better off dead: yes, no one cares",
        "I'm sitting with my late husband's pistol in my lap",
        "I have my late husband's gun in my mouth",
    ] {
        assert_eq!(level(text), Level::Crisis, "{text}");
    }
}

#[test]
fn what_is_said_of_sleep_kin_keys_and_letters_is_no_card() {
    for text in [
        "Baby is due in 8 weeks and I had the flu shot, temp was 99",
        "We're having a baby in 8 weeks. My temp was 100.9 last night with the cold",
        "Tuve un infarto en 2019 y tengo el mismo seguro que antes. ¿Lo aceptan?",
        "My dad had a heart attack and I have the same cardiologist. Fasting for labs?",
        "I want to be with her today for the surgery, what are visiting hours",
        "sorry that I woke up late and missed the call",
        "¿Qué tomo para no despertar en la noche al baño?",
        "Mi papá falleció, él está mejor con Dios. ¿Cómo cierro su cuenta?",
        "I thought more water would fix it but still constipated three days",
        "She isn't mine, she's my wife's daughter. Please send the forms back",
        "I know he isn't mine, where do I get a paternity test",
        "Please cancel my appointment on Thursday and the one in June",
        "Where do I sign up as an organ donor? I'd like to be useful to somebody",
        "Ya le dejé las llaves a la vecina, ya no voy a estar la otra semana. ¿Me cambia la cita?",
        "Seizure log: 0 seizures today, 0 yesterday, 1200 mg twice a day",
        "headache from the storm, it was thundering all night. Tylenol helped",
        "I get a little headache when the heat is on in the truck, cracked a window, fine",
        "My whole arm is a bit sore and red where I got the shot yesterday",
        "my son comes in my bed at night since the move, how do we stop that",
        "Everybody would be better if you faxed it before noon",
        "no sé qué dosis, I know the dose is 20mg, refill please",
        "no sé qué dosis tomar del jarabe, la etiqueta se borró",
        "thats what he said about his heart attack in 2010, anyway flu shot?",
        "Mi vecina tuvo un derrame, necesito cita para checarme la presión",
        "I wrote the letters for the school. Which day can we come in?",
    ] {
        assert!(!level(text).is_card(), "{:?}: {text}", level(text));
    }
}

#[test]
fn another_paragraph_hides_no_danger_and_another_language_changes_no_reading() {
    let emergencies = [
        "Insurance does not cover the brand inhaler, can you switch\n\nmy rescue inhaler is not helping and I'm tight",
        "El inhalador no me hace nada, ¿está seguro que es normal?",
        "El oxímetro marca 85\n\nC section scar looks great",
        "Athlete's foot is back\n\nme aprieta el pecho y se me duerme el brazo",
    ];
    for text in emergencies {
        assert!(level(text) >= Level::Emergency, "{:?}: {text}", level(text));
    }
    let quiet = [
        "Insurance does not cover the brand inhaler, can you switch",
        "The counter of my inhaler is not working, I need another one",
        "El seguro no me cubre el inhalador, ¿hay otro?",
    ];
    for text in quiet {
        assert!(!level(text).is_card(), "{:?}: {text}", level(text));
    }
}
