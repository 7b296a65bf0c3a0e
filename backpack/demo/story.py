"""The living example in words: fictional issuers, their badges, and what Camille did for them.

No real person, university or logo; hosts under `.example`. Dates are months before the day it is loaded, so that
"expires in 19 days" stays true.
"""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "camille-aime-les-badges"
CAMILLE = "Camille Kervella"
ADDRESSES = ("camille.kervella@etu.estuaire.example", "camille@kervella.example")
FORMER_ADDRESS = "camille.kervella@lycee.example"
IDRISS = "Idriss Lefort"
IDRISS_ADDRESS = "idriss.lefort@etu.estuaire.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerStory:
    """`key` is the name on the command line. `ways`: data-integrity, vc-jwt, hosted, jws."""

    key: str
    name: str
    host: str
    way: str
    known: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillStory:
    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceStory:
    """Camille's own: `file` names a picture of `art/`, made into a PNG."""

    kind: str
    title: str
    words: str = ""
    text: str = ""
    url: str | None = None
    file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeStory:
    key: str
    issuer: str
    name: str
    description: str
    criteria: str
    kind: str
    """Competency, Participation or Award: the achievement's type."""
    months_ago: int
    container: str
    skills: tuple[str, ...] = ()
    expires_in_days: int | None = None
    issuer_evidence: str | None = None
    story: str = ""
    evidence: tuple[EvidenceStory, ...] = ()
    fate: str = "valid"
    """valid, revoked, altered, gone, status-silent, waiting."""
    version: str = "2.0"


ISSUERS = (
    IssuerStory(
        key="culture",
        name="Université de l’Estuaire – Direction de la culture (fictive)",
        host="badges.estuaire.example",
        way="data-integrity",
        known=True,
    ),
    IssuerStory(
        key="bu", name="Bibliothèques de l’Estuaire (fictives)", host="bu.estuaire.example", way="vc-jwt", known=True
    ),
    IssuerStory(
        key="theatre",
        name="Théâtre universitaire des Trois-Mâts (fictif)",
        host="theatre.trois-mats.example",
        way="hosted",
    ),
    IssuerStory(
        key="pepiniere",
        name="Pépinière des idées, concours « Trois minutes » (fictive)",
        host="pepiniere.estuaire.example",
        way="data-integrity",
        known=True,
    ),
    IssuerStory(
        key="orientation",
        name="Service orientation et insertion de l’Estuaire (fictif)",
        host="orientation.estuaire.example",
        way="hosted",
    ),
    IssuerStory(key="radio", name="Radio Marée haute (association fictive)", host="radio-maree.example", way="jws"),
    IssuerStory(
        key="quais",
        name="Les Quais partagés (association fictive)",
        host="quais-partages.example",
        way="hosted",
    ),
)

FRAMEWORK = "Référentiel Estuaire des compétences transversales (fictif)"
SKILLS = {
    skill.code: skill
    for skill in (
        SkillStory(code="E1-A", name="Prendre la parole en public"),
        SkillStory(code="E1-B", name="Écrire pour être lu"),
        SkillStory(code="E1-C", name="Écouter et reformuler"),
        SkillStory(code="E2-A", name="Travailler en équipe"),
        SkillStory(code="E2-B", name="Animer un groupe"),
        SkillStory(code="E2-C", name="Transmettre à ses pairs"),
        SkillStory(code="E3-A", name="Imaginer et prototyper"),
        SkillStory(code="E3-B", name="Interpréter, mettre en scène"),
        SkillStory(code="E3-C", name="Porter un regard critique"),
        SkillStory(code="E4-A", name="Chercher et évaluer des sources"),
        SkillStory(code="E4-B", name="Organiser et citer"),
        SkillStory(code="E4-C", name="Utiliser le numérique de façon responsable"),
        SkillStory(code="E5-A", name="Convaincre"),
        SkillStory(code="E5-B", name="Planifier et tenir un projet"),
        SkillStory(code="E5-C", name="S’engager pour les autres"),
    )
}

BADGES = (
    BadgeStory(
        key="accueil",
        issuer="theatre",
        name="Journée d’accueil international",
        description="A accueilli des étudiantes et étudiants venus d’ailleurs pendant une journée de rentrée.",
        criteria="Tenir un stand d’accueil pendant une journée et guider au moins deux groupes sur le campus.",
        kind="Participation",
        months_ago=38,
        container="png",
        skills=("E5-C",),
        version="1.1",
    ),
    BadgeStory(
        key="secours",
        issuer="orientation",
        name="Premiers secours en santé mentale, sensibilisation",
        description="Sait repérer une personne en difficulté, l’écouter et l’orienter.",
        criteria="Suivre une journée de sensibilisation : repérer une personne en difficulté, écouter, orienter. "
        "Présence constatée, sans évaluation.",
        kind="Participation",
        months_ago=30,
        container="png",
        skills=("E5-C",),
        expires_in_days=-146,
    ),
    BadgeStory(
        key="quais",
        issuer="quais",
        name="Bénévole des Quais partagés",
        description="A tenu l’accueil de trois soirées ouvertes aux habitants du quartier.",
        criteria="Tenir l’accueil de trois soirées ouvertes aux habitants du quartier. "
        "Participation constatée par l’association, sans évaluation.",
        kind="Participation",
        months_ago=26,
        container="png",
        skills=("E5-C", "E2-A"),
        story="J’y ai appris à accueillir quelqu’un qui n’a pas l’habitude d’entrer dans un lieu culturel.",
        evidence=(
            EvidenceStory(
                kind="text",
                title="Ce que j’ai retenu des soirées",
                words="Écrit la semaine suivante.",
                text="Trois soirées, une centaine de personnes. J’ouvrais la porte, j’expliquais le lieu en deux "
                "phrases et je proposais une boisson avant de proposer une activité.",
            ),
        ),
        fate="gone",
    ),
    BadgeStory(
        key="scene",
        issuer="theatre",
        name="Présence scénique",
        description="Sait tenir un rôle devant un public et travailler sa voix et son corps.",
        criteria="Participer à dix ateliers et jouer dans la restitution publique, observée par deux comédiennes.",
        kind="Competency",
        months_ago=20,
        container="png",
        skills=("E3-B", "E1-A"),
        story="J’ai joué dans trois scènes et réglé la lumière de la quatrième.",
        evidence=(
            EvidenceStory(
                kind="link",
                title="La page du spectacle",
                words="Mon nom est dans la distribution.",
                url="https://theatre.trois-mats.example/spectacles/marees",
            ),
        ),
    ),
    BadgeStory(
        key="radio",
        issuer="radio",
        name="Animation d’antenne",
        description="A animé une émission en direct d’une heure.",
        criteria="Préparer et animer une émission d’une heure en direct, écoutée par la rédaction.",
        kind="Competency",
        months_ago=15,
        container="jwt",
        skills=("E1-A",),
        fate="revoked",
    ),
    BadgeStory(
        key="tutorat",
        issuer="bu",
        name="Tutorat en bibliothèque : accompagner ses pairs",
        description="Sait animer une séance de travail, repérer ce qui bloque et apprendre à d’autres à trouver "
        "des sources fiables.",
        criteria="Animer quatre séances d’une heure à la bibliothèque pour des étudiants de première année, à partir "
        "d’un besoin réel, puis remettre une fiche méthode réutilisable.",
        kind="Competency",
        months_ago=12,
        container="png",
        skills=("E2-C", "E1-C", "E4-A"),
        issuer_evidence="Fiche d’observation des séances",
        story="Douze étudiants de L1 cherchaient des sources pour un premier exposé.\n\n"
        "J’ai animé quatre séances d’une heure à la bibliothèque et préparé une fiche en trois étapes.\n\n"
        "Onze exposés rendus avec une bibliographie correcte ; la fiche est réutilisée cette année.",
        evidence=(
            EvidenceStory(
                kind="file",
                title="La fiche en trois étapes",
                words="Je l’ai écrite après la deuxième séance ; la bibliothèque la distribue encore.",
                file="preuve-fiche",
            ),
        ),
    ),
    BadgeStory(
        key="lecture",
        issuer="culture",
        name="Atelier de lecture à voix haute",
        description="A lu devant un public un texte préparé pendant quatre ateliers.",
        criteria="Suivre quatre ateliers et lire un texte de cinq minutes devant un public.",
        kind="Participation",
        months_ago=10,
        container="svg",
        skills=("E1-A", "E3-B"),
        evidence=(
            EvidenceStory(
                kind="text",
                title="Le texte que j’ai lu",
                words="Choisi et coupé par moi.",
                text="Un extrait de mon propre journal de bord, sur une tempête vue depuis le quai.",
            ),
        ),
    ),
    BadgeStory(
        key="pitch",
        issuer="pepiniere",
        name="Finaliste du concours « Trois minutes »",
        description="A convaincu un jury en trois minutes, sans notes.",
        criteria="Être parmi les cinq finalistes sur quarante candidatures, après un vote du jury et du public.",
        kind="Award",
        months_ago=8,
        container="json",
        skills=("E5-A", "E1-A"),
        story="Mon projet : une malle de jeux sonores qui circule entre les bibliothèques du territoire.",
        evidence=(
            EvidenceStory(
                kind="link",
                title="Le palmarès du concours",
                words="Je suis troisième.",
                url="https://pepiniere.estuaire.example/trois-minutes/palmares",
            ),
        ),
    ),
    BadgeStory(
        key="recherche",
        issuer="bu",
        name="Recherche documentaire, niveau 1",
        description="Sait chercher dans un catalogue et citer ses sources.",
        criteria="Réussir un exercice de recherche en une heure, corrigé par une bibliothécaire.",
        kind="Competency",
        months_ago=6,
        container="jwt",
        skills=("E4-A", "E4-B"),
        fate="altered",
    ),
    BadgeStory(
        key="mediation",
        issuer="culture",
        name="Médiation d’exposition",
        description="Sait concevoir et mener une visite de quarante minutes pour un groupe, répondre aux questions "
        "et recueillir les retours.",
        criteria="Concevoir et mener une visite de quarante minutes pour un groupe, répondre aux questions et "
        "recueillir les retours. Évaluée pendant deux visites réelles par une médiatrice de l’université.",
        kind="Competency",
        months_ago=5,
        container="png",
        skills=("E1-C", "E2-B"),
        expires_in_days=19,
        issuer_evidence="Grille d’évaluation des deux visites",
        story="Un groupe d’adultes apprenant le français : j’ai remplacé les cartels par trois objets à toucher. "
        "La visite a duré une heure.",
        evidence=(
            EvidenceStory(
                kind="file",
                title="Deux images de la visite",
                words="Sans visage ; les objets viennent de l’atelier.",
                file="preuve-visite",
            ),
        ),
    ),
    BadgeStory(
        key="sonore",
        issuer="culture",
        name="Projet tutoré : exposition sonore",
        description="A mené à quatre une exposition sonore, de l’idée à l’ouverture.",
        criteria="Tenir un projet de six mois en équipe, avec un budget et une ouverture publique, devant un jury.",
        kind="Competency",
        months_ago=4,
        container="png",
        skills=("E5-B", "E2-A", "E3-A"),
        story="J’ai tenu le planning, enregistré douze voix du quartier et monté la bande-son.",
        fate="status-silent",
    ),
    BadgeStory(
        key="plagiat",
        issuer="orientation",
        name="Prévention du plagiat",
        description="Sait citer, paraphraser et reconnaître un emprunt.",
        criteria="Réussir le questionnaire en ligne avec au moins 16 sur 20.",
        kind="Participation",
        months_ago=3,
        container="png",
        skills=("E4-B",),
        fate="waiting",
    ),
)

COLLECTIONS = (
    (
        "Stage médiation culturelle",
        "Étudiante en L3 information-communication, je cherche un stage de médiation au printemps. Ces quatre badges "
        "disent ce que j’ai déjà fait devant un public ; sous chacun, ce qu’on m’a demandé et ce que j’en ai gardé.",
        ("mediation", "tutorat", "quais", "secours"),
        "Musée du Fleuve (fictif)",
    ),
    (
        "Prendre la parole",
        "Du théâtre à la radio : les fois où j’ai parlé devant des gens que je ne connaissais pas.",
        ("pitch", "scene", "lecture"),
        None,
    ),
)

CV_BADGES = ("tutorat", "pitch", "scene", "mediation")
CV_TITLE = "Stage de médiation culturelle"
CV_HEADLINE = "Stage de médiation culturelle, avril à juin"
CV_PROFILE = (
    "Étudiante en information-communication, j’aime rendre une exposition ou un texte abordables à celles et ceux qui "
    "n’en ont pas l’habitude. Je prépare mes séances, j’écoute, j’ajuste."
)
CV_LINES = (
    (
        "education",
        "Licence information-communication",
        "Université de l’Estuaire (fictive)",
        "09/2024 – 06/2027",
        "Troisième année en cours ; mémoire sur la médiation sonore.",
    ),
    ("education", "Baccalauréat général", "lycée des Phares (fictif)", "06/2024", "Mention bien."),
    (
        "experience",
        "Guide d’exposition",
        "Direction de la culture, Université de l’Estuaire (fictive)",
        "01/2026 – 06/2026",
        "Deux visites de quarante minutes conçues et menées, dont une pour des adultes apprenant le français.",
    ),
    (
        "experience",
        "Tutrice en bibliothèque",
        "Bibliothèques de l’Estuaire (fictives)",
        "09/2025 – 11/2025",
        "Quatre séances pour douze étudiants de L1 ; fiche méthode réutilisée l’année suivante.",
    ),
    ("language", "Français", "", "", "langue maternelle"),
    ("language", "Anglais", "", "", "B2"),
    ("interest", "Théâtre universitaire", "", "", ""),
    ("interest", "Voile légère", "", "", ""),
)

PROFILE_NAME = "camille-kervella"
PROFILE_HEADLINE = "Étudiante en information-communication, entre médiation et radio"
PROFILE_WORDS = "Je fais visiter, lire et écouter. Disponible au printemps."
PROFILE_BADGES = ("tutorat", "lecture", "mediation")
