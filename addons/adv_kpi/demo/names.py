"""Who buys what: the customers and the goods of the demo wholesaler. Nobody here exists."""

from typing import NamedTuple


class Customer(NamedTuple):
    name: str
    street: str
    zip: str
    city: str
    country: str
    size: str  # "A" orders every month, "B" every other month, "C" now and then


class Product(NamedTuple):
    code: str
    name: str
    category: str
    price: float
    cost: float
    pack: int  # pieces that are usually ordered together


_FRENCH = """
Hôtel des Terreaux|14 rue Lanterne|69001|Lyon|A
Brasserie Perrache|3 cours de Verdun|69002|Lyon|A
Groupe Belle Rive|88 quai Perrache|69002|Lyon|A
Résidences du Vercors|21 cours Berriat|38000|Grenoble|A
Cuisines Fontanel|9 rue des Glacières|67000|Strasbourg|A
Les Tables de Fourvière|6 montée du Gourguillon|69005|Lyon|A
Hôtellerie Castellane|40 rue de Rome|13006|Marseille|A
Traiteur Beaumont|17 rue de la Roquette|75011|Paris|A
Auberge du Lac Bleu|2 chemin du Port|74000|Annecy|B
Café Vauban|11 place Vauban|59000|Lille|B
Restaurants Morvan|28 rue Musette|21000|Dijon|B
Bistrots de la Loire|5 quai Châteaubriand|44000|Nantes|B
Domaine de Valrose|Route de Vence|06140|Vence|B
Hôtel Saint-Clair|19 quai Adolphe Merle|34200|Sète|B
Maison Lacombe|33 rue Sainte-Catherine|33000|Bordeaux|B
Résidence Les Érables|7 avenue de Genève|74200|Thonon-les-Bains|B
Crêperies Kerjean|12 rue Kéréon|29000|Quimper|B
Le Comptoir Dauphin|4 place Grenette|38000|Grenoble|B
Hôtel du Pont Vieux|8 rue Porte Puymorens|81000|Albi|B
Saveurs d'Ardèche|15 boulevard Gambetta|07200|Aubenas|B
Clinique des Tilleuls|52 avenue Rockefeller|69008|Lyon|B
Lycée hôtelier Escoffier|1 rue des Métiers|06200|Nice|B
Brasserie du Musée|10 place Bellecour|69002|Lyon|C
Chez Mireille|26 rue Saint-Rome|31000|Toulouse|C
Gîtes du Lubéron|Hameau des Bories|84220|Gordes|C
Hôtel Bellevue|3 promenade des Planches|14800|Deauville|C
Pâtisserie Rozier|18 rue de la République|42000|Saint-Étienne|C
Camping Les Flots|Avenue de la Plage|17420|Saint-Palais-sur-Mer|C
Restaurant Le Cèdre|45 avenue Foch|54000|Nancy|C
Ferme de Chantemerle|Le Bourg|15140|Salers|C
Atelier Brunel|9 rue du Pressoir|51100|Reims|C
Maison d'hôtes Colibri|6 rue du Moulin|24200|Sarlat-la-Canéda|C
Café de la Gare|1 place de la Gare|68000|Colmar|C
Thermes de Vals|Avenue Farincourt|07600|Vals-les-Bains|C
Le Petit Marché|37 rue d'Antibes|06400|Cannes|C
Brasserie Lorraine|22 rue Serpenoise|57000|Metz|C
Hôtel de l'Arsenal|16 rue de Siam|29200|Brest|C
Séminaires Val d'Or|Route de Beaune|21200|Beaune|C
"""
_SPANISH = """
Hostelería Ebro|Paseo Independencia 24|50004|Zaragoza|A
Hoteles Costa Dorada|Rambla Nova 61|43003|Tarragona|A
Restauración Albufera|Avenida del Puerto 112|46023|Valencia|B
Grupo Montjuïc|Carrer de la Creu Coberta 35|08014|Barcelona|B
Posada de Aranjuez|Calle Stuart 18|28300|Aranjuez|B
Cafés Guadalquivir|Calle Betis 9|41010|Sevilla|B
Hotel Sierra Blanca|Avenida de Cervantes 3|29016|Málaga|B
Sidrería Begoña|Calle Somera 14|48005|Bilbao|B
Catering Salamanca|Plaza Mayor 7|37002|Salamanca|C
Bodegas Rioja Alta|Calle Laurel 22|26001|Logroño|C
Hostal La Muralla|Ronda de la Muralla 5|27001|Lugo|C
Chiringuitos del Sur|Paseo Marítimo 40|11004|Cádiz|C
Panadería Cantábrica|Calle Burgos 11|39008|Santander|C
Residencia Santa Lucía|Calle Mayor 80|30201|Cartagena|C
"""
_OTHERS = """
Brasseries de Namur|Rue de Fer 27|5000|Namur|BE|B
Hôtel Grand-Place|Rue des Bouchers 4|1000|Bruxelles|BE|B
Albergo Monviso|Via Roma 15|10123|Torino|IT|C
Ristoranti Garda|Lungolago 8|25019|Sirmione|IT|C
Hotelaria do Douro|Rua das Flores 31|4050|Porto|PT|C
Pousadas do Minho|Largo do Toural 2|4800|Guimarães|PT|C
Auberge de Carouge|Place du Marché 9|1227|Carouge|CH|B
Gasthof Schwarzwald|Kaiserstraße 19|79098|Freiburg|DE|C
"""
_GOODS = """
CR-1101|Chair Fourvière, beech|Furniture|92|51|6
CR-1102|Armchair Bellecour|Furniture|185|104|4
CR-1103|Bar stool Guillotière|Furniture|118|66|4
CR-1104|Bistro table Presqu'île, 70 cm|Furniture|164|92|2
CR-1105|Dining table Tête d'Or, 160 cm|Furniture|420|236|1
CR-1106|Terrace chair Confluence|Furniture|68|37|12
CR-1107|Parasol Croix-Rousse, 3 m|Furniture|149|82|2
CR-2101|Dinner plate Isère, 27 cm|Tableware|7.4|3.6|48
CR-2102|Soup plate Isère, 23 cm|Tableware|6.9|3.4|48
CR-2103|Coffee cup Isère with saucer|Tableware|5.8|2.7|48
CR-2104|Serving dish Drôme, oval|Tableware|22.5|11.9|12
CR-2105|Wine glass Beaujolais, 35 cl|Tableware|4.2|1.9|72
CR-2106|Water glass Beaujolais, 30 cl|Tableware|3.1|1.4|72
CR-2107|Carafe Mâcon, 1 l|Tableware|14.8|7.2|12
CR-2108|Cutlery set Thiers, 24 pieces|Tableware|79|41|6
CR-3101|Saucepan Savoie, 24 cm|Kitchen|58|31|4
CR-3102|Roasting tin Savoie, 60 cm|Kitchen|74|40|3
CR-3103|Chef's knife Thiers, 20 cm|Kitchen|46|23|6
CR-3104|Chopping board Jura, 50 cm|Kitchen|33|17|6
CR-3105|Trolley Valence, 3 shelves|Kitchen|245|139|1
CR-4101|Tablecloth Ardèche, 180 cm|Linen|36|18.5|12
CR-4102|Napkins Ardèche, pack of 12|Linen|27|13.5|10
CR-4103|Apron Rhône|Linen|19.5|9.2|10
CR-5101|Pendant lamp Vaise|Lighting|96|52|4
CR-5102|Table lamp Saint-Jean|Lighting|54|28|6
CR-5103|Terrace lantern Saône|Lighting|39|20|8
"""
PEOPLE = (
    ("Camille", "Renard"),
    ("Hugo", "Lefèvre"),
    ("Inès", "Garcia"),
    ("Manon", "Petit"),
    ("Javier", "Romero"),
    ("Lucie", "Marchand"),
    ("Pablo", "Navarro"),
    ("Élodie", "Faure"),
    ("Antoine", "Girard"),
    ("Marta", "Vidal"),
)
CAMPAIGNS = ("Spring catalogue", "Sirha trade fair", "Hotel openings mailing")
SUPPLIERS = {
    "Furniture": "Menuiseries du Jura",
    "Tableware": "Faïenceries de l'Isère",
    "Kitchen": "Forges de Thiers",
    "Linen": "Tissages d'Ardèche",
    "Lighting": "Iluminación Levante",
}


def _rows(text):
    return [line.split("|") for line in text.strip().splitlines()]


def _customers():
    yield from (Customer(*row[:4], "FR", row[4]) for row in _rows(_FRENCH))
    yield from (Customer(*row[:4], "ES", row[4]) for row in _rows(_SPANISH))
    yield from (Customer(*row) for row in _rows(_OTHERS))


CUSTOMERS = tuple(_customers())
PRODUCTS = tuple(Product(*row[:3], float(row[3]), float(row[4]), int(row[5])) for row in _rows(_GOODS))

USERS = {
    "assistant": "adv_orders.user_assistant",
    "assistant_2": "adv_orders.user_assistant_2",
    "manager": "adv_orders.user_manager",
    "salesperson": "adv_orders.user_salesperson",
    "warehouse": "adv_orders.user_warehouse",
    "finance": "adv_orders.user_finance",
    "collector": "adv_dunning.user_collector",
    "accountant": "adv_billing.user_accountant",
    "admin": "base.user_admin",
}
