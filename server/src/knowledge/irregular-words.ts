/**
 * English words whose forms a stemmer cannot bring together, each group of one meaning. Regular forms (`tears`, `swimming`)
 * are the stemmer's.
 */
const GROUPS = `wear wore worn|tear tore torn|break broke broken|swim swam swum|shrink shrank shrunk shrunken|buy bought|
send sent|pay paid|lose lost|find found|keep kept|leave left|sell sold|spend spent|take took taken|tell told|give gave given|
hold held|grow grew grown|freeze froze frozen|choose chose chosen|drive drove driven|fall fell fallen|forget forgot forgotten|
hide hid hidden|hang hung|know knew known|lay laid|lend lent|meet met|ring rang rung|run ran|see saw seen|shake shook shaken|
sleep slept|stink stank stunk|steal stole stolen|stick stuck|sting stung|swell swollen|throw threw thrown|win won|write wrote written|
bring brought|build built|burn burnt|catch caught|deal dealt|draw drew drawn|eat ate eaten|feel felt|fight fought|fly flew flown|
hear heard|lead led|mean meant|rise rose risen|shine shone|show showed shown|sink sank sunk|speak spoke spoken|
stand stood|teach taught|think thought|wake woke woken|bend bent|begin began begun|bite bit bitten|blow blew blown|bleed bled|
man men|woman women|foot feet|tooth teeth|child children|person people|knife knives|shelf shelves|scarf scarves|mouse mice`;

/** The first form of each word that has one of its own. */
export const IRREGULAR_WORDS: ReadonlyMap<string, string> = new Map(
  GROUPS.split('|').flatMap((group) => {
    const [first = '', ...others] = group.trim().split(' ');
    return others.map((other) => [other, first] as const);
  }),
);
