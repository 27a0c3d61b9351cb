"""The tables that names and addresses are read with. Everything is lower case, without accents, dots or apostrophes.

General knowledge of English, French, German and Spanish company names; streets as in USPS Publication 28, appendices
B, C1 and C2. Nothing here comes from anybody's books.
"""

from collections.abc import Iterable


def _words(text: str) -> list[str]:
    return text.split()


def _variants(lines: str) -> dict[str, str]:
    """``canonical: variant variant`` a line; every variant, and the canonical form, leads to the canonical form."""
    found: dict[str, str] = {}
    for line in lines.strip().splitlines():
        canonical, _, variants = line.strip().partition(":")
        found |= dict.fromkeys((canonical, *variants.split()), canonical)
    return found


# Say what kind of company it is, not which one.
LEGAL_FORMS = frozenset(
    _words("""
inc incorporated llc lc ltd limited corp corporation co company cos companies lp llp lllp pllc pc plc pa psc dmd
gmbh mbh ag kg ohg ug sa sas sarl srl sl slu spa bv nv ab oy oyj pty ulc ltda cv eurl kgaa esq
""")
)
# Bind words together.
STOP_WORDS = frozenset(
    _words("""
the of and for at in on to by an et und de la le les du des del von vom zu zum el los las residence residences
family home household resident attn attention co
""")
)
TITLES = frozenset(("dr", "mr", "mrs", "ms", "rev"))  # in front of a person's name
# Between two names of one customer: "Kowalski LLC dba Corner Grill".
BETWEEN_NAMES = frozenset(("dba", "aka", "fka", "ta", "nka"))

ABBREVIATIONS = _variants("""
ac: airconditioning
accounting: acct acctg accountants accountant accountancy
apartment: apts apartments apt
architect: arch architects architecture
association: assn assoc associates assocs
authority: auth
automotive: auto automobile autos
avenue: ave av
bakeries: bakery bakeshop
banking: bank banks
boulevard: blvd
brothers: bros bro
building: bldg bld bldgs buildings
campus: cmps
catering: cater caterers caterer
center: ctr centre cntr cntre cent
chiropractic: chiro chiropractor
church: ch
cleaning: cln cleaners cleaner
clubs: club
college: coll
commercial:
communication: communications comms telecommunications
community: comty commty
computer: comp computers
condominium: condo condominiums condos
construction: constr cnstr construct constrs
contractor: contr contractors contracting contractg contrs
control: ctrl controls
cooling: clg
county: cnty
court: ct courts
creditunion: cu
crossing: xing
dental: dent dentist dentistry
delicatessen: deli delis
department: dept
development: dev developments developers developer devel
district: dist distribution distributor distributors distrib
dormitory: dorm dorms
drive: dr doctor
e: east
electric: elec electrical elect
elementary: elem
engineering: eng engineers engr engrg
enterprise: ent enterprises entp
equipment: equip eqpt eqp
estate: estates
excavating: excav excavation excavators
farm: farms
financial: fin finance
ft: fort
gardens: garden gdns gdn
government: gov govt
group: grp groupe gruppe grupo
gymnasium: gym
heating: htg
heights: hts height
highway: hwy
hills: hill hls
hoa: homeowners
holding: hldg holdings
hospital: hosp hospitals
hotels: hotel
hvac: hvacr
industry: ind industries industrial indust
inns: inn
insurance: ins insur
international: intl internatl
investment: inv investments invest
island: isl islands isle isles
jr: junior
kitchen: kitchens
laboratory: lab laboratories labs
lake: lk
landing: lndg
landscaping: lndscp landscape landscapes landscapers
lane: ln
library: lib libraries
machine: mach machinery machines
maintenance: maint
management: mgmt mgt mngmt mangement mgr manager
manufacturing: mfg manufacturer manufacturers mfr mfrs mfrg
market: mkt markets
mechanical: mech
medical: med medicine
metal: met metals
mountain: mtn mtns mountains
mt: mount mnt
municipal: muni
n: north
national: natl nat
ne: northeast
nw: northwest
orthopedic: ortho orthopaedic orthopedics
painting: paint painters painter
park: parks prk pk
parkway: pkwy
pediatric: ped pediatrics paediatric
pharmacy: phar pharmacies pharm pharmaceutical pharmaceuticals
planning: plg
plaza: plz
plumbing: plbg plmbg plumb
point: pt pnt
precision: prec
product: prod products production productions
property: prop properties props proprties
public: pub publishing
realtors: rlty realtor
realty: realestate
recreation: rec recreational
refrigeration: ref refrig
rental: rent rentals
repair: rep repairs
residential: resid
restaurant: rest restaurants restaurante
road: rd
roofing: rfg roofers roofer roof
s: south
salon: salons
savings: svgs
school: sch schl schools
se: southeast
security: sec
service: svc services svcs serv srvc srvcs servs
shoppe: shop shops
spring:
springs: spgs spg spngs
square: sq
sr: senior seniors
st: saint street str ste sainte
store: stores
supply: sup supplies supplier suppliers
sw: southwest
system: sys systems syst
technology: tech technologies technical techs
terrace: ter terr
theater: theatre theaters theatres
tower: twr towers twrs
township: twp
transportation: transp transport trans
trusts: trust
university: univ
valley: vly
veterinary: vet veterinarian
village: vlg vill
w: west
warehouse: whse warehouses warehousing
wholesale: whsle
wood: woods
""")


def _canonical(words: Iterable[str]) -> frozenset[str]:
    return frozenset(ABBREVIATIONS.get(word, word) for word in words)


NUMBER_WORDS = (
    {
        word: str(number)
        for number, word in enumerate(
            _words("""
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen twenty
""")
        )
    }
    | {
        word: str(number)
        for number, word in enumerate(
            _words("""
first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth
sixteenth seventeenth eighteenth nineteenth twentieth
"""),
            start=1,
        )
    }
    | {
        word: str(number)
        for number, word in enumerate(
            _words("""
uno dos tres cuatro cinco seis siete ocho nueve diez
"""),
            start=1,
        )
    }
)
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90, "thirtieth": 30, "fortieth": 40, "fiftieth": 50,
}  # fmt: skip
ROMAN_NUMERALS = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}

DIRECTIONS = frozenset(
    _words("""
n s e w ne nw se sw upper lower northern southern eastern western inner outer uptown downtown midtown front rear
old new left right nord sud est ouest norte sur este oeste ost inside outside
""")
)
GENERATIONS = frozenset({"jr", "sr"})

# A part of a place or one place of several: "Elm School Gym" is not "Elm School".
SITE_WORDS = _canonical(
    _words("""
gym gymnasium annex annexe garage parking pool poolhouse office offices plant whse dorm dormitory hall wing phase
lot unit suite floor bldg campus branch location store lobby kitchen cafeteria auditorium chapel rectory parsonage
convent lib lab clubhouse stadium field fieldhouse barn shed twr block room basement mezzanine addition remodel
renovation expansion retrofit inspection sprinkler alarm monitoring project job site shop maint satellite depot
terminal hangar pavilion pumphouse penthouse tenant level kitchenette boathouse bathhouse workshop showroom mezz
playground concession conference preschool nursery daycare tent greenhouse silo dock boiler elevator retail
headquarters hq
""")
)
# Words that many names have: alike in these is little, unlike in these is much ("Acme Plumbing", "Acme Electric").
COMMON_WORDS = SITE_WORDS | _canonical(
    _words("""
sch ch ctr univ coll dept assn bros apts mfg intl natl hosp med svc sys mgmt prop constr elec plbg htg clg ac
equip dist elem gov cnty twp muni auth resid rest ind ent grp hldg inv dev tech eng mech arch acct ins fin bank
trust auto transp wholesale sup prod pub comty rec phar chiro ortho ped vet dent theater gardens heights hills lk
park pt spgs vlg vly mtn is mkt condo hoa hotel inn club svgs real mach met prec ctrl sec ref hvac lndscp rep rent
contr excav rfg paint cln cater bakery rlty cafe coffee grill pizza pizzeria diner bar pub tavern deli bistro
kitchen fire safety protection alarm water gas oil fuel energy power solar air sprinklers high middle primary
secondary preparatory prep academy charter catholic lutheran methodist baptist presbyterian episcopal christian
holy temple synagogue mosque ministry ministries mission fellowship parish diocese cathedral city town state
federal police station court house courthouse museum center clinic dental care health healthcare wellness nursing
rehab hospice assisted living manor estates estate villas villa lodge motel resort suites housing homes tower
towers point crossing landing commons place terrace court ridge view creek river bay beach harbor harbour lake
wood woods woodland forest farm farms ranch farmers dairy foods food grocery liquor wine beer brewery brewing
market meat meats seafood fish flower flowers florist salon spa barber beauty nail nails hair fitness yoga dance
studio studios art arts music design designs print printing press media digital software data consulting
consultants solutions partners partnership capital ventures law legal attorney attorneys lawyers counsel notary
tax payroll staffing title escrow mortgage loan credit union self storage moving movers freight logistics trucking
truck trucks tire tires towing body collision glass windows doors door flooring tile carpet cabinet cabinets
furniture lumber hardware steel iron welding fabrication plastics chemical chemicals paper packaging tool tools
die mold aerospace aviation marine boat boats cycle cycles bike bikes sport sports golf tennis swim country yacht
hockey ice arena theater cinema books book toys toy gift gifts jewelry jewelers shoes clothing apparel uniform
laundry cleaners dry tailor pet pets animal kennel feed seed nursery child children kids kinder early learning
education educational training institute foundation society league council chamber commission board committee
agency bureau administration veterans memorial elks moose lions rotary legion american united general first
central metro metropolitan greater area regional junior senior men women boys girls youth adult mens womens new
old great grand royal premier best quality super discount express fast quick total complete custom pro
professional professionals advanced modern global worldwide universal standard superior classic elite supreme all
star eagle summit pioneer heritage liberty services service store stores mall outlet collection boutique trading
imports exports import export brothers sons son daughters associates hill valley spring springs garden north south
east west schule kirche hotelbetrieb bau verwaltung haus schreinerei backerei metzgerei apotheke praxis escuela
iglesia taller panaderia clinica farmacia ecole eglise boulangerie garage pharmacie mairie
""")
)

# Many branches under one name: the name alone says nothing about which one.
CHAINS = frozenset(
    name.strip()
    for name in """
mcdonalds; burger king; wendys; subway; starbucks; starbucks coffee; dunkin; dunkin donuts; dominos; dominos
pizza; pizza hut; kfc; taco bell; chipotle; panera; panera bread; chick fil a; arbys; sonic; sonic drive in;
dairy queen; applebees; ihop; dennys; chilis; olive garden; red lobster; outback steakhouse; jimmy johns; jersey
mikes; five guys; popeyes; hardees; carls jr; jack in the box; whataburger; papa johns; little caesars; buffalo
wild wings; cracker barrel; waffle house; tim hortons; 7 11; circle k; wawa; sheetz; speedway; shell; exxon;
mobil; exxonmobil; bp; chevron; texaco; citgo; sunoco; marathon; valero; walmart; target; costco; sams club;
kroger; safeway; albertsons; publix; aldi; lidl; trader joes; whole foods; whole foods mkt; food lion; meijer;
cvs; cvs phar; walgreens; rite aid; dollar general; dollar tree; family dollar; big lots; home depot; lowes; ace
hardware; true value; menards; autozone; oreilly auto; advance auto; napa; napa auto; jiffy lube; midas;
valvoline; firestone; pep boys; goodyear; discount tire; best buy; staples; office depot; kohls; macys;
jcpenney; ross; tj maxx; marshalls; petsmart; petco; gamestop; barnes noble; marriott; hilton; hyatt; sheraton;
westin; holiday inn; holiday inn express; hampton inn; best western; comfort inn; days inn; quality inn; super
8; motel 6; la quinta; la quinta inn; red roof inn; residence inn; courtyard; courtyard marriott; fairfield inn;
hilton garden inn; doubletree; embassy suites; planet fitness; anytime fitness; gold gym; golds gym; la fitness;
orangetheory; great clips; supercuts; sport clips; h r block; hr block; state farm; allstate; farmers ins; bank
america; chase; chase bank; wells fargo; citibank; us bank; pnc; pnc bank; td bank; regions bank; truist; key
bank; keybank; fifth third bank; 5 3 bank; ups; ups store; fedex; fedex office; usps; post office; public
storage; extra space storage; u haul; uhaul; cubesmart; ymca; ywca; salvation army; goodwill; goodwill ind;
habitat humanity; boys girls club; kumon; goddard sch; kindercare; primrose sch; bright horizons; verizon;
verizon wireless; tmobile; t mobile; att; sprint; comcast; xfinity; hertz; avis; enterprise rent car; budget;
sherwin williams; cinemark; amc; regal
""".replace("\n", " ").split(";")
)

# Mailboxes of a head office: branches share them.
ROLE_MAILBOXES = frozenset(
    _words("""
ap accountspayable accounts accounting billing invoices invoice invoicing payables payable corporate hq
""")
)
FREE_MAIL = frozenset(
    _words("""
gmail.com googlemail.com yahoo.com ymail.com rocketmail.com hotmail.com outlook.com live.com msn.com aol.com
icloud.com me.com mac.com comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net
earthlink.net frontier.com windstream.net protonmail.com proton.me gmx.de gmx.net web.de t-online.de orange.fr
wanadoo.fr free.fr mail.com zoho.com juno.com optonline.net roadrunner.com twc.com
""")
)

_FIRST_NAMES = """
robert bob bobby rob robbie bert
william bill billy will willie liam
richard rick ricky dick rich richie
james jim jimmy jamie
john jack johnny jon
jonathan jonny
michael mike mickey mick
thomas tom tommy
charles charlie chuck chas
edward ed eddie ted teddy
joseph joe joey
david dave davey
daniel dan danny
stephen steve steven
christopher chris kit
matthew matt
anthony tony
donald don donnie
kenneth ken kenny
timothy tim timmy
gregory greg gregg
jeffrey jeff geoff geoffrey
ronald ron ronnie
lawrence larry
gerald jerry gerry
samuel sam sammy
benjamin ben benny
alexander alex alec
andrew andy drew
patrick pat paddy
peter pete
philip phil phillip
raymond ray
nicholas nick nicolas
francis frank
frederick fred freddy
leonard len lenny
eugene gene
harold hal harry
henry hank
douglas doug
walter walt
albert al
arthur art
nathan nathaniel nate
zachary zach
vincent vince vinny
theodore theo
louis lou louie lewis
elizabeth liz beth betty eliza lisa
margaret maggie meg peggy marge
katherine kathy kate katie catherine cathy kathryn
jennifer jen jenny
patricia patty tricia trish
susan sue suzanne susie
deborah deb debbie debra
barbara barb
rebecca becky
pamela pam
cynthia cindy
sandra sandy
kimberly kim
victoria vicky tori
theresa teresa terry tess
virginia ginny
dorothy dot dottie
jacqueline jackie
christine christina tina kristin kristen
jessica jess
samantha
roberta
paul
paula
danielle daniela
jean
joan
joanne
eric
erica
carl
carla
josephine
michelle
marie
maria
mary
ann anne anna annie
linda
karen
nancy
helen
laura
sarah
ruth
sharon
carol
julie julia
george
mark marc
brian bryan
kevin
jason
ryan
gary
scott
justin
brandon
dennis
roger
keith
jeremy
terrence
sean shawn
austin
jesse
adam
juan
jose
carlos
luis
miguel
pedro
hans
klaus
wolfgang
jurgen
pierre
jacques
luc
ivan
olga
"""
# First name to all that stand for the same person's.
FIRST_NAMES: dict[str, frozenset[str]] = {}
for _line in _FIRST_NAMES.strip().splitlines():
    _group = frozenset(_line.split())
    for _name in _group:
        FIRST_NAMES[_name] = FIRST_NAMES.get(_name, frozenset()) | _group

# USPS Publication 28, appendix C1 (the frequent ones), and how other languages call a street.
STREET_SUFFIXES = _variants("""
aly: alley
ave: avenue av aven avn
blvd: boulevard boul blv
br: branch
byp: bypass
cir: circle circ crcl
cmn: common
cres: crescent
ct: court crt
ctr: center centre
cv: cove
dr: drive drv driv
est: estate estates
expy: expressway
ext: extension
fwy: freeway
hl: hill
holw: hollow
hwy: highway hiway
jct: junction
lk: lake
ln: lane
loop: loops
mnr: manor
path: paths
pike: pikes
pkwy: parkway pkway pky prkwy
pl: place
plz: plaza plza
pt: point
rd: road
rdg: ridge
row:
rte: route rt
run:
sq: square sqr
st: street str saint strasse
ter: terrace terr
trl: trail trails tr
tpke: turnpike trnpk tpk
vw: view
walk:
way: wy
xing: crossing
rue:
calle:
""")
STREET_WORDS = STREET_SUFFIXES | {
    "north": "n", "south": "s", "east": "e", "west": "w", "northeast": "ne", "northwest": "nw", "southeast": "se",
    "southwest": "sw", "mount": "mt", "fort": "ft", "county": "co", "us": "us", "saints": "sts", "heights": "hts",
}  # fmt: skip
UNIT_WORDS = {
    "suite": "unit", "ste": "unit", "unit": "unit", "apt": "unit", "apartment": "unit", "room": "unit", "rm": "unit",
    "spc": "unit", "space": "unit", "office": "unit", "ofc": "unit", "no": "unit", "lot": "unit", "trlr": "unit",
    "slip": "unit",
    "floor": "floor", "fl": "floor", "flr": "floor", "building": "bldg", "bldg": "bldg", "bld": "bldg",
    "tower": "bldg",
    "wing": "bldg", "hangar": "bldg", "hngr": "bldg", "dock": "unit", "bay": "unit", "stop": "unit", "dept": "unit",
}  # fmt: skip

_STATES = """
alabama al; alaska ak; arizona az; arkansas ar; california ca; colorado co; connecticut ct; delaware de; florida
fl; georgia ga; hawaii hi; idaho id; illinois il; indiana in; iowa ia; kansas ks; kentucky ky; louisiana la;
maine me; maryland md; massachusetts ma; michigan mi; minnesota mn; mississippi ms; missouri mo; montana mt;
nebraska ne; nevada nv; new hampshire nh; new jersey nj; new mexico nm; new york ny; north carolina nc; north
dakota nd; ohio oh; oklahoma ok; oregon or; pennsylvania pa; rhode island ri; south carolina sc; south dakota
sd; tennessee tn; texas tx; utah ut; vermont vt; virginia va; washington wa; west virginia wv; wisconsin wi;
wyoming wy; district of columbia dc; puerto rico pr; ontario on; quebec qc; british columbia bc; alberta ab;
manitoba mb; saskatchewan sk; nova scotia ns; new brunswick nb; prince edward island pe
"""
STATES = {
    name: code for pair in _STATES.replace("\n", " ").split(";") for name, _, code in [pair.strip().rpartition(" ")]
}
STATE_CODES = frozenset(STATES.values())
