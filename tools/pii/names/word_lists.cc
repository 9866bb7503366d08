#include "tools/pii/names/word_lists.h"

#include <array>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace frontdesk::tools {
namespace {

// Common given names of registers in Europe, the Americas, Asia and Africa.
constexpr std::string_view kGivenNames =
    "aaron abdul abigail abraham ada adam adele adrian agnes ahmed aidan aisha akira alan albert "
    "alberto alejandra alejandro alessandro alessia alex alexander alexandra alexis alfonso alfred "
    "ali alice alicia alina alison allan allison alma alvaro alyssa amanda amara amber amelia "
    "amina "
    "amir amit amy ana anastasia anders andre andrea andreas andrei andres andrew andrzej aneta "
    "angel angela angelo angie anil anita anja anna anne annette annika anthony antoine anton "
    "antonia antonio anton anya aoife april arjun armando arthur arturo ashley asif astrid audrey "
    "aurora austin ava axel ayesha barbara barry bartosz beata beatrice beatriz ben benjamin "
    "bernard bernd bernhard bethany betty beverly bianca bill birgit bjorn blake bob bogdan bonnie "
    "boris brad bradley brandon brenda brendan brent brett brian brianna bridget britta brooke "
    "bruce bruno bryan caitlin callum calvin cameron camila camille candice carina carl carla "
    "carlos carmen carol carole caroline carolyn carsten casey cassandra catalina caterina "
    "catherine cathy cecilia celia celine cesar chad chantal charlene charles charlie charlotte "
    "chelsea chen cheryl chiara chloe chris christian christina christine christoph christopher "
    "ciara cillian cindy claire clara clare clarence claude claudia claudio clemens clifford "
    "clinton cody colin colleen colm conor connor conrad constance cora corey cornelia courtney "
    "craig crystal curtis cynthia dagmar daisy dale damian damien dan dana daniel daniela daniele "
    "danielle danny daphne darius darren dave david dawn dean deborah debra declan deepak deirdre "
    "delia denis denise dennis derek dermot desmond diana diane diego dieter dimitri dinesh dirk "
    "dmitry dolores dominic dominik don donald donna dora doreen doris dorothy douglas duncan "
    "dustin "
    "dylan eamon earl ed eddie edgar edith edmund eduardo edward edwin eileen elaine eleanor elena "
    "eli elias elijah elisa elisabeth eliza elizabeth ella ellen ellie elliot elsa emer emil "
    "emilia "
    "emilie emilio emily emma emmanuel enrico enrique eoin eric erica erik erika erin ernest "
    "ernesto "
    "esteban esther ethan eugene eva evan evelyn ewa fabian fabio fatima federico felicia felicity "
    "felipe felix fergus fernanda fernando fiona flora florence florian frances francesca "
    "francesco "
    "francis francisco franck francois frank franz fred freddie frederic frederick frederik frieda "
    "fritz gabriel gabriela gabriele gail gareth gary gavin gemma gene geoff geoffrey georg george "
    "georgina gerald geraldine gerard gerhard gianluca gilbert gilles gina giorgio giovanna "
    "giovanni "
    "gisela giulia giuseppe gladys glen glenda glenn gloria gordon grace graham grainne grant greg "
    "gregory greta gudrun guido guillaume guillermo gunther gustav guy gwen hamza hanna hannah "
    "hannes "
    "hans harald harold harriet harry harvey hassan hazel heather hector heidi heike heinrich "
    "heinz "
    "helen helena helene helga helmut henri henrietta henrik henry herbert herman hilary hilda "
    "hiroshi "
    "holger holly horst howard hubert hugh hugo hussein ian ibrahim ida igor ilona ilse imran ines "
    "inga inge ingrid irena irene irina iris irma isaac isabel isabella isabelle isaiah ismail "
    "ivan "
    "ivana ivo ivy jack jackie jackson jacob jacqueline jacques jade jaime jake jakob jakub james "
    "jamie jan jana jane janet janice janina jasmin jasmine jason javier jay jean jeanette jeanne "
    "jeff jeffrey jelena jennifer jenny jens jeremy jerome jerry jesse jessica jesus jill jim "
    "jimmy "
    "joan joana joanna joanne joao joaquin jochen jodie joe joel joerg johan johanna johannes john "
    "johnny jon jonas jonathan jordan jorge jose josef joseph josephine josh joshua joyce juan "
    "juana "
    "juanita judith judy jules julia julian juliana julie juliet julio june jurgen justin justine "
    "kai kaitlyn kamal kamil karen karim karin karina karl karla karsten kasia kate katarina "
    "katharina "
    "katherine kathleen kathryn kathy katia katie katja katrin kayla keith kelly kelsey ken kenji "
    "kenneth kenny kerry kevin khalid kim kimberly kiran kirsten klara klaus konrad krishna "
    "kristen "
    "kristian kristin kristina kristof krystyna kumar kurt kyle lakshmi lance lara larry lars "
    "laszlo "
    "laura lauren laurence laurent lawrence lea leah leanne lee leila lena leo leon leona leonard "
    "leonardo leroy leslie leticia levi lewis liam lidia lillian lily lina linda lindsay lindsey "
    "lisa "
    "liz lloyd lois lola lorenzo loretta lorraine lottie lou louis louisa louise luc luca lucas "
    "lucia "
    "lucie lucy ludwig luigi luis luisa luiz lukas luke lydia lynn mabel maciej mackenzie "
    "madeleine "
    "madison maeve magda magdalena magnus mahmoud maja malcolm manfred manoj manuel manuela mara "
    "marc "
    "marcel marcela marcello marcia marcin marco marcos marcus marek margaret margarita margot "
    "maria "
    "mariam marian mariana marianne marie marina mario marion marissa marjorie mark marko markus "
    "marlene marsha marta martha martin martina marvin mary mason massimo mateo mateusz mathias "
    "mathieu mathilde matilda matt matteo matthew matthias maureen maurice mauricio mauro max "
    "maxim "
    "maxime maximilian maya megan mehmet mei melanie melinda melissa mercedes meredith michael "
    "michal "
    "michel michele michelle mick miguel mika mikael mike mikhail mila milan mildred milena milos "
    "mina "
    "minh miranda miriam mirjam misha mohamed mohammad mohammed moira molly mona monica monika "
    "monique "
    "morgan moritz moses muhammad muriel murray mustafa myra nadia nadine nadja naomi natalia "
    "natalie "
    "natasha nathan nathaniel neil nelson nia niall niamh nicholas nick nico nicola nicolas nicole "
    "nigel "
    "nikhil nikita niklas nikola nikolai nina noah noel noelle noemi nora norah norbert noreen "
    "norma "
    "norman odile oksana ola olaf ole oleg olga oliver olivia olivier omar orla oscar oskar osman "
    "otto "
    "owen pablo paddy paige pamela paola paolo pascal pat patrice patricia patrick patrik paul "
    "paula "
    "pauline pavel pawel pearl pedro peggy penelope penny perry petar pete peter petra petros phil "
    "philip "
    "philippa philippe phillip phoebe phyllis pia pierre pietro piotr piper pooja prakash priya "
    "quentin "
    "quinn rachel radek rafael raffaele rahul raj rajesh ralf ralph ramon ramona randall randy "
    "raphael "
    "raquel rashid raul ravi ray raymond rebecca reggie regina reinhard renata renate rene renee "
    "reza "
    "rhonda ricardo riccardo richard rick ricky rita rob robert roberta roberto robin rodney "
    "rodrigo "
    "roger rohan roisin roland rolf roman ron ronald ronan ronnie rory rosa rosalie rosario rose "
    "rosemary "
    "rosie ross roxanne roy ruben ruby rudolf rui rupert russell ruth ryan sabine sabrina sadie "
    "said "
    "saira salim sally salvador salvatore sam samantha samir samira samuel sandra sandro sandy "
    "sanjay "
    "santiago saoirse sara sarah sasha saskia scott sean sebastian selena selina serena serge "
    "sergei "
    "sergio seth shane shannon sharon shaun shauna shawn sheila shelley sherry shirley sibylle "
    "siegfried "
    "sigrid silke silvia simon simona simone sinead siobhan sofia sofie sonia sonja sophia sophie "
    "stacey "
    "stacy stan stanislav stanley stefan stefania stefanie stella stephan stephanie stephen steve "
    "steven "
    "stewart stuart sue sunil sunita susan susanna susanne suzanne svetlana sven sybil sylvia "
    "sylvie "
    "tamara tania tanja tanya tara tariq tatiana ted teresa terence terry tess thea theo theodore "
    "theresa "
    "therese thierry thomas thorsten tiago tiffany tilda tim timo timothy tina tobias todd tom "
    "tomas "
    "tomasz tommy toni tony torsten tracey tracy trevor tricia troy uli ulrich ulrike ursula uwe "
    "valentina valentin valeria valerie vanessa vasily vera verena veronica veronika vicky victor "
    "victoria vijay vikram viktor vincent vincenzo viola violet virginia vivian viviana vlad "
    "vladimir "
    "volker wade walter wanda warren wayne wei wendy werner wesley wilhelm wilma winston wojciech "
    "wolfgang xavier xin yan yannick yasmin yolanda yuki yuri yusuf yves yvette yvonne zachary "
    "zara zoe "
    "zoltan";

constexpr std::string_view kSurnames =
    "abbott abe adams ahmed akhtar alexander ali allen almeida alonso alvarez andersen anderson "
    "andersson andrews ansari armstrong arnold arora ashraf ashton atkinson austin bailey baker "
    "ball "
    "bauer barbosa barker barnes barrett bates beck becker begum bell bennett berg berger bergmann "
    "bernard bhatt bianchi bishop black blake blanc blanco boyd boyle bradley brady brandt braun "
    "brennan brown browne bruno bryant burke burns burton butler byrne cabrera caldwell campbell "
    "cano "
    "carlsson carpenter carr carroll carter castillo castro chambers chan chang chapman chatterjee "
    "chen "
    "cheng chopra choi christensen clark clarke cohen cole coleman collins conti cook cooper costa "
    "cox "
    "craig crawford cruz cunningham curran daly danielsen das davidson davies davis dean delgado "
    "desai "
    "diaz dias dixon doherty dolan domingo dominguez donnelly doyle dubois duffy duncan dunn dunne "
    "dupont duran edwards eklund elliott ellis engel eriksen eriksson esposito evans farrell faure "
    "ferguson fernandes fernandez ferrari ferreira ferrari fischer fisher fitzgerald fitzpatrick "
    "fleming flores flynn foley fontaine ford foster fournier fowler fox francis franke fraser "
    "freeman "
    "friedrich fuchs fujita gallagher garcia gardner garnier gibson gil gill gomes gomez gonzales "
    "gonzalez goodwin gordon graf graham grant gray greco green greene griffin griffiths gross "
    "guerra "
    "guerrero gupta gutierrez guzman haas hahn hall hamilton hansen hansson hanson harper harris "
    "harrison hart hartmann harvey hassan hawkins hayes heinrich henderson henry hernandez herrera "
    "herrmann hicks hill hoffman hoffmann holland holmes horvat horvath howard huang huber hudson "
    "hughes hunt hunter hussain ibrahim iglesias ito ivanov ivanova iyer jackson jacobs jain "
    "jakobsen "
    "james jansen janssen jansson jenkins jensen jimenez johansen johansson johnson johnston jones "
    "jordan jorgensen joseph joshi jovanovic jung kaiser kang kapoor karlsson kaufmann kaur kaya "
    "keane "
    "keller kelly kennedy kenny khan kim king klein knight kobayashi koch kovac kovacs kowalski "
    "kowalska "
    "kozlov kramer kraus krause krishnan krueger kumar kuznetsov lane lang lange larsen larsson "
    "laurent "
    "lawrence lawson le leblanc lee lefebvre lehmann leon leroy lewandowski lewis li lima lin "
    "lindberg "
    "lindqvist liu lloyd lombardi long lopes lopez lorenz ludwig lynch macdonald mackay mackenzie "
    "magnusson "
    "maguire maher maier malik mancini marino marques marsh marshall martin martinez martins mason "
    "masson mathieu matthews mayer mccarthy mcdonald mcgrath mckenna medina mehta mendes mendoza "
    "menon "
    "mercier meyer michel miller mills mishra mitchell mohamed molina moller montgomery moore "
    "morales "
    "moran moreau moreno morgan morris morrison moreira muller munoz murphy murray mueller nagy "
    "nair "
    "nakamura navarro nelson neumann newman nguyen nielsen nilsson nolan novak nowak nunez nunes "
    "o'brien "
    "o'connell o'connor o'donnell o'neill o'reilly o'sullivan ochoa okafor okonkwo olsen olsson "
    "oliveira "
    "olson ortega ortiz osman owens owen palmer park parker parsons patel paterson pavlov pearson "
    "peeters "
    "pedersen pena pereira perez perkins perrin perry persson peters petersen peterson petit "
    "petrov "
    "petrova pfeiffer phillips pinto poulsen powell power price quinn rahman ramirez ramos rao "
    "rasmussen reddy reed reid reis reyes reynolds ricci richards richardson richter riley rinaldi "
    "rivera roberts robertson robinson roche rodrigues rodriguez rogers roman romano romero rossi "
    "roth "
    "rousseau roux roy rubio ruiz russell russo ryan saito salazar sanchez sanders santana santos "
    "sato "
    "sauer schafer scherer schmid schmidt schmitt schmitz schneider scholz schreiber schroeder "
    "schubert "
    "schulte schultz schulz schulze schumacher schuster schwarz scott seidel serrano shah sharma "
    "shaw "
    "sheehan shin silva simmons simon simpson singh smirnov smith smyth snyder soares sokolov "
    "sorensen "
    "soto sousa souza spencer stein steiner stephens stevens stewart stone suarez sullivan suzuki "
    "svensson "
    "sweeney szabo takahashi tanaka taylor teixeira thomas thompson thomsen thomson torres toth "
    "tran "
    "tucker turner vargas vasquez vazquez vega verma vieira virtanen vogel vogt volkov wagner "
    "walker "
    "wallace walsh walter wang ward watanabe watson weaver webb weber weiss welch wells werner "
    "west "
    "white whelan wilkins williams williamson willis wilson winkler winter wojcik wolf wolff wong "
    "wood "
    "woods wright wu yamamoto yang yilmaz yoshida young zhang zhao zhou ziegler zimmermann";

constexpr std::pair<std::string_view, std::uint32_t> kLists[] = {
    {kGivenNames, kGivenName},
    {kSurnames, kSurname},
    {"street st str road rd avenue ave av lane ln drive dr boulevard blvd court ct place pl square "
     "sq "
     "terrace ter way close crescent cres park parkway pkwy highway hwy hill row walk gardens "
     "grove "
     "mews quay circle cir trail trl route freeway alley plaza mall view heights green rise vale "
     "rue "
     "allée allee quai chemin impasse calle avenida avda plaza paseo camino carrera via viale "
     "piazza "
     "corso vicolo largo rua travessa praça praca straße strasse weg platz gasse allee ring damm "
     "ufer "
     "straat laan plein gracht kade dreef ulica ul aleja utca út körút gata gatan vägen väg vej "
     "gade "
     "veien vei gate katu tie cesta námestie ulice bulevardul strada box postbus apartado",
     kStreetWord},
    {"afghanistan albania algeria argentina australia austria belgium bolivia brazil bulgaria "
     "cambodia "
     "cameroon canada chile china colombia croatia cuba cyprus denmark ecuador egypt england "
     "estonia "
     "ethiopia finland france georgia germany ghana greece guatemala honduras hungary iceland "
     "india "
     "indonesia iran iraq ireland israel italy jamaica japan jordan kenya kuwait latvia lebanon "
     "lithuania "
     "luxembourg malaysia malta mexico mongolia morocco nepal netherlands nicaragua nigeria norway "
     "pakistan panama paraguay peru philippines poland portugal qatar romania russia scotland "
     "serbia "
     "singapore slovakia slovenia somalia spain sudan sweden switzerland syria taiwan tanzania "
     "thailand "
     "tunisia turkey uganda ukraine uruguay uzbekistan venezuela vietnam wales yemen zambia "
     "zimbabwe uk "
     "usa us eu deutschland österreich schweiz españa italia nederland polska brasil "
     "london dublin cork galway limerick belfast edinburgh glasgow manchester birmingham liverpool "
     "leeds "
     "bristol oxford cambridge cardiff paris lyon marseille toulouse nice berlin hamburg munich "
     "münchen "
     "köln cologne frankfurt stuttgart düsseldorf leipzig wien vienna salzburg graz zürich zurich "
     "geneva "
     "basel bern madrid barcelona valencia sevilla bilbao roma rome milano milan napoli torino "
     "firenze "
     "bologna venezia amsterdam rotterdam utrecht eindhoven brussels bruxelles antwerp gent lisboa "
     "lisbon "
     "porto copenhagen københavn stockholm göteborg malmö oslo bergen helsinki warsaw warszawa "
     "kraków "
     "gdańsk prague praha brno budapest bucharest sofia athens istanbul ankara moscow kyiv tokyo "
     "osaka "
     "kyoto seoul beijing shanghai shenzhen delhi mumbai bengaluru bangalore chennai kolkata "
     "hyderabad "
     "pune karachi lahore dhaka bangkok jakarta manila sydney melbourne brisbane perth adelaide "
     "auckland "
     "wellington cairo lagos nairobi johannesburg durban toronto montreal vancouver ottawa calgary "
     "chicago boston houston dallas austin denver seattle portland phoenix philadelphia atlanta "
     "miami "
     "detroit minneapolis orlando nashville memphis springfield sacramento oakland tampa cleveland "
     "pittsburgh baltimore charlotte columbus indianapolis york angeles francisco diego antonio "
     "jose "
     "california texas florida illinois ohio michigan oregon washington virginia arizona colorado "
     "nevada "
     "utah kansas iowa maine alaska hawaii queensland victoria ontario quebec alberta bavaria "
     "bayern "
     "catalonia tuscany provence normandy cornwall kent yorkshire leinster munster ulster connacht",
     kPlace},
    {"mr mrs ms miss mx dr prof professor sir madam lady lord rev herr frau hr fr dhr mevr "
     "monsieur "
     "madame mme mlle señor señora sr sra srta don doña signor signora sig dott ing",
     kTitle},
    {"apt apartment suite ste unit flat floor fl room rm building bldg block house wohnung etage "
     "piso "
     "planta interno scala bte appt appartement lot po p.o postfach",
     kUnitWord},
    {"name named called i'm im its it's heiße heisse bin appelle llamo chiamo nome nombre nom naam "
     "signed regards sincerely cheers thanks from dear hi hello hey speaking customer contact "
     "recipient "
     "mit freundlichen grüßen",
     kNameCue},
    {"address adress adresse dirección direccion indirizzo endereço adres live lives living "
     "located "
     "deliver delivery ship shipping shipped send sent moved move billing residence wohne "
     "anschrift",
     kAddressCue},
    {"january february march april may june july august september october november december jan "
     "feb mar "
     "apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday "
     "sunday mon "
     "tue wed thu fri sat sun januar februar märz mai juni juli oktober dezember montag dienstag "
     "mittwoch "
     "donnerstag freitag samstag sonntag christmas easter",
     kCalendarWord},
    {"al ak az ar ca co ct de fl ga hi id il ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny "
     "nc nd "
     "oh ok pa ri sc sd tn tx ut vt va wa wv wi wy dc on qc bc ab mb sk ns nb nl pe nsw vic qld "
     "act tas "
     "sp rj mg",
     kRegionCode},
    {"van von der den de da di del della la le du des dos al el bin ibn ben mac mc st san santa "
     "ter ten "
     "zu zum",
     kParticle},
    {"will may mark bill grace hope faith joy rose lily iris violet daisy ivy ruby pearl amber "
     "crystal "
     "dawn eve april june august summer autumn chase hunter jack pat rob sue drew grant guy art "
     "frank "
     "gene gay penny buck bob nick rich miles dean earl duke prince king baker cook fisher "
     "carpenter "
     "miller mason potter carter parker brown green white black gray young long short stone wood "
     "woods "
     "hill field brook lake rivers bush west north day winter price power page case bond love best "
     "good "
     "jordan austin paris london victoria florence georgia virginia charlotte sienna chelsea "
     "brooklyn "
     "savannah dakota said so an my you do in on nice reading bath van max jean angel christian "
     "jesus "
     "miles marina carol holly robin jay ray ken don ed dale glen cliff sandy misty stormy rusty "
     "dusty "
     "king sterling rocky bishop abbott pope major general page order return refund help please "
     "thanks",
     kDailyWord},
};

constexpr auto kStreetEndings = std::to_array<std::string_view>(
    {"straße", "strasse", "straat", "gasse",  "gata", "gatan", "gade",  "vägen",
     "veien",  "vegen",   "vej",    "gracht", "laan", "platz", "allee", "kade",
     "plein",  "weg",     "stræde", "katu",   "str.", "str",   "damm",  "dijk"});

const absl::flat_hash_map<std::string_view, std::uint32_t>& Kinds() {
  static const auto* const kinds = [] {
    auto* map = new absl::flat_hash_map<std::string_view, std::uint32_t>();
    for (const auto& [words, kind] : kLists) {
      for (std::size_t at = 0; at < words.size();) {
        const std::size_t end = std::min(words.find(' ', at), words.size());
        (*map)[words.substr(at, end - at)] |= kind;
        at = end + 1;
      }
    }
    return map;
  }();
  return *kinds;
}

}  // namespace

std::uint32_t KindsOf(std::string_view lower) {
  const auto found = Kinds().find(lower);
  return found == Kinds().end() ? 0 : found->second;
}

bool HasStreetEnding(std::string_view lower) {
  for (const std::string_view ending : kStreetEndings) {
    if (lower.size() > ending.size() + 2 && lower.ends_with(ending)) return true;
  }
  return false;
}

std::string_view GivenNames() { return kGivenNames; }
std::string_view Surnames() { return kSurnames; }

}  // namespace frontdesk::tools
