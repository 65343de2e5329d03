// What the people of the demonstration said to each other. `>` is Alice, `<` the other side; a blank line is a pause.
// {a|b|c} becomes one of its parts, \n a new line; `@6-10` says at which hours it may be said.
// demo.mjs gives it times and writes it into the archives.

/**
 * @typedef {object} Person
 * @property {string} user
 * @property {string} name as Alice's contact list has it
 * @property {string} called how this person has Alice in the list
 * @property {string[]} groups
 */

/** @type {Person[]} */
export const people = [
  { user: 'boris', name: 'Борис', called: 'Алиса', groups: ['Приятели'] },
  { user: 'chen', name: 'Chen 陈', called: 'Alice', groups: ['Work'] },
  { user: 'layla', name: 'ليلى', called: 'أليس', groups: ['Work'] },
  { user: 'maria', name: 'Мария', called: 'Алиса', groups: ['Приятели'] },
  { user: 'tom', name: 'Tom', called: 'Alice', groups: [] },
  { user: 'dora', name: 'Дора', called: 'Алиса', groups: [] },
]

/** Short conversations, told once, oldest first. @type {Record<string, string>} */
export const stories = {
  chen: String.raw`
> Hi Chen! Did the build go through in the end?
< Hi! Yes, on the third try. The first two were my fault, I had pinned the wrong version.
< Here is what I changed: https://www.example.org/changes/2318?view=side-by-side#line-40
> Thanks, reading it now.

> /me is still reading
< No hurry :)

< One question about the parser. Why do we keep the raw text at all?
> Because we do not know everything yet. If a message carries something we cannot read today, a later version can read it from what we kept. If we threw it away, nobody could ever get it back: the server might have forgotten it, the other person might have changed their phone, and an archive page is only fetched once. It costs a few hundred bytes for each such message and only for those, so I would rather keep it. The alternative is to fetch the whole archive again after each upgrade, which takes minutes on a slow line, and on a server without an archive it is not possible at all.
< Fair. Then let us write that down somewhere, because I will have forgotten it by next month.
> I'll add it to the notes.

< \`\`\`\nfunction greet(name) {\n  return \`Hello, \${name}\`\n}\n\`\`\`
< Is this how you would write it?
> *Yes*, but with a check for _empty_ names. And not ~var~ please.
< 😄
> > Is this how you would write it?\nShort answer: yes.

< The train leaves at 7:42, platform 3. Here is the map: https://www.openstreetmap.org/#map=17/42.69751/23.32415
> Got it. See you there 🚆
< 👍`,
  layla: String.raw`
< صباح الخير أليس! هل وصلتك الترجمة؟
> صباح النور ليلى، نعم وصلت، شكراً جزيلاً 🙏
< هناك كلمة واحدة لست متأكدة منها: "Settings" في القائمة.
> أظن أن «الإعدادات» هي الأنسب.
< ممتاز، هذا ما كتبته.

< I also checked the mixed case: the file is called report-2026.pdf ويجب أن يبقى الاسم كما هو.
> Good catch. كيف يظهر الرقم 1,250.75 عندك؟
< يظهر صحيحاً، لكن الأقواس (مثل هذه) كانت معكوسة قبل التحديث.
> الحمد لله أنها صارت صحيحة الآن.

< هل نلتقي غداً الساعة ١٠؟
> نعم، في المقهى القريب من المكتبة ☕
< اتفقنا 🌹`,
  maria: String.raw`
< Здравей! Намерих рецептата за баницата, за която говорихме.
< Трябват: 500 г кори, 4 яйца, 300 г сирене, 1 кофичка кисело мляко, половин чаена чаша олио и щипка сода. Разбъркваш яйцата със сиренето, слагаш содата в млякото и го чакаш да шупне, после всичко заедно. Ръсиш корите една по една, навиваш ги не много стегнато и ги нареждаш на спирала в намазнена тава. Отгоре остатъка от сместа и малко масло. Пече се на 200 градуса, докато стане златиста, към 35 минути. Накрая я покрий с кърпа за десет минути, за да омекне.
> Благодаря ти! Ще я пробвам в неделя.
< Прати снимка :)

> Стана! Малко прегоря отдолу, но никой не се оплака 😅
< Браво! Следващия път една степен по-ниско.
> Записах си.

< Ще идваш ли на репетицията в сряда?
> Да, ще закъснея с десетина минути, имам среща до шест.
< Няма проблем, ще ти пазим място до прозореца.`,
  tom: String.raw`
< Hey, long time no see! A friend gave me your address.
> Hi Tom! Yes, it has been years. How are you?
< Very well, thanks. We moved to Plovdiv last spring.

< Are you around next weekend? We could show you the old town.
< Kids would love to meet you 👧👦
< Also: do you still have that book about gardens? No rush, just asking before I buy it again.`,
}

/** The long conversation with Boris is made of these, in a different order each time. */
export const smallTalk = [
  `@6-10
< Добро утро! {Спа ли добре?|Кафе?|Готова ли си за днес?}
> {Добро утро!|Утро ☀️|Здрасти!} {Още не съм се събудила.|Да, а ти?|Почти.}
< {Хайде, чакам те долу.|Аз вече съм на второто кафе.|И аз така.}`,
  `> {Къде си?|Тръгна ли?|Стигна ли вече?}
< {В трамвая, две спирки.|На ъгъла съм.|Още съм вкъщи, излизам след малко.}
> {Добре, чакам те пред {пекарната|аптеката|входа}.|Ок.|Не бързай.}
< 👍`,
  `< Видя ли {мача|новината|снимките от {Рила|морето|Копривщица}}?
> {Не, какво е станало?|Да!! Невероятно.|Още не, прати ми линк.}
< {Ще ти разкажа довечера.|https://www.example.org/news/{1204|881|4417}|Трябва да го видиш.}
> {Интригуваш ме.|Благодаря!|Ха ха, добре.}`,
  `> Какво да взема от {магазина|пазара}?
< {Хляб, мляко и {домати|ябълки|лук}.|Нещо за вечеря, каквото ти хареса.|Само вода, моля.}
> {Друго?|Добре.|Записах.}
< {Не, благодаря ❤️|И шоколад 🍫|Това е.}`,
  `@9-18
< Can you look at the {second|last|third} page of the draft? Something is off with the {figures|dates|names}.
> {Sure, give me ten minutes.|Looking.|I saw that as well, fixing it now.}
< Thanks!
> {Done, try again.|It was a typo, sorry.|The table was sorted by the wrong column. Fixed and sent.}`,
  `> Ще вали ли {утре|в събота|следобед}?
< {Прогнозата казва, че не.|Вземи чадър за всеки случай.|Да, цял ден 🌧️}
> {Жалко, исках да ходим на Витоша.|Супер.|Е, тогава кино.}`,
  `@7-12
< Сънувах, че {летим над {Стара планина|морето}|съм на изпит и не знам нищо|котката говори}.
> {😂|И какво стана?|Пак ли?}
< {Събудих се точно на най-интересното.|Нищо, звънна будилникът.|Не помня.}`,
  `> Помниш ли как се казваше {онзи ресторант до реката|книгата, за която говорехме|песента от филма}?
< {Момент, ще се сетя…|Нещо с „{Липата|Мостът|Вятърът}“.|Не, но Мария сигурно знае.}
> Точно така, благодаря!`,
  `@8-16
< Meeting moved to {10:30|14:00|16:15}, same room.
> {Ok.|Thanks for telling me.|Again?}
< {Yes, sorry.|Last time, I promise.|Bring the printouts please.}`,
  `@17-21
> {Вечерята е готова 🍲|Направих мусака.|Поръчах пица.}
< {Идвам!|След 20 минути съм там.|Ти си злато.}
> {Купи хляб по пътя.|Не бързай, топло е.|❤️}`,
  `< Как мина {прегледът|срещата|изпитът|интервюто}?
> {Много добре!|По-добре, отколкото очаквах.|Ще кажат в {петък|понеделник}.}
< {Браво! Гордея се с теб.|Стискам палци.|Разказвай!}
> {Накратко: питаха ме за всичко, което не бях прочела, и за нищо от това, което бях.|Довечера, дълго е за писане.|Бяха много мили и накрая дори ми предложиха чай.}`,
  `> Прочетох докрай {романа|статията|доклада}. {Краят ме изненада.|Струва си.|Малко е дълъг, но средата е чудесна: точно там, където всички други биха спрели, авторът тръгва назад и разказва същото от другата страна, и изведнъж всичко, което си мислил за главния герой, се оказва вярно за някой друг.}
< {Дай ми го после.|Нали ти казах!|Записвам го в списъка.}`,
  `< {🙂|😅|🎉|🤷}
> {?|😄|Какво?}
< {Нищо, просто така.|Грешен чат, извинявай.|Честит {петък|имен ден}!}`,
  `@21-23
> Лека нощ 🌙
< {Лека!|Лека нощ, до утре.|Сладки сънища.}`,
]
