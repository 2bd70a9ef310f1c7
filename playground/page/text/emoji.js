/** Shortcodes of the emoji that operations talk uses, as Unicode. */

const TABLE = `+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|ok_hand 👌|wave 👋|clap 👏|pray 🙏|raised_hands 🙌|muscle 💪|point_right 👉
point_up ☝️|raised_hand ✋|hand ✋|eyes 👀|brain 🧠|wink 😉|smile 😄|slightly_smiling_face 🙂|grin 😁|joy 😂|thinking_face 🤔
sweat_smile 😅|cry 😢|sob 😭|scream 😱|heart ❤️|broken_heart 💔|tada 🎉|sparkles ✨|fire 🔥|boom 💥|zap ⚡|star ⭐|rocket 🚀
warning ⚠️|rotating_light 🚨|no_entry ⛔|no_entry_sign 🚫|octagonal_sign 🛑|stop_sign 🛑|construction 🚧|sos 🆘|x ❌|negative_squared_cross_mark ❎
heavy_check_mark ✔️|white_check_mark ✅|ballot_box_with_check ☑️|question ❓|grey_question ❔|exclamation ❗|heavy_exclamation_mark ❗|bangbang ‼️
information_source ℹ️|red_circle 🔴|large_red_circle 🔴|large_orange_circle 🟠|orange_circle 🟠|large_yellow_circle 🟡|yellow_circle 🟡
large_green_circle 🟢|green_circle 🟢|large_blue_circle 🔵|blue_circle 🔵|large_purple_circle 🟣|large_brown_circle 🟤|black_circle ⚫|white_circle ⚪
red_square 🟥|large_red_square 🟥|large_orange_square 🟧|large_yellow_square 🟨|large_green_square 🟩|large_blue_square 🟦|large_purple_square 🟪
black_large_square ⬛|white_large_square ⬜|large_orange_diamond 🔶|large_blue_diamond 🔷|small_orange_diamond 🔸|small_blue_diamond 🔹
arrow_up ⬆️|arrow_down ⬇️|arrow_left ⬅️|arrow_right ➡️|arrow_upper_right ↗️|arrow_lower_right ↘️|arrows_counterclockwise 🔄|repeat 🔁
leftwards_arrow_with_hook ↩️|arrow_right_hook ↪️|rewind ⏪|fast_forward ⏩|arrow_forward ▶️|double_vertical_bar ⏸️|pause_button ⏸️|black_square_for_stop ⏹️
heavy_plus_sign ➕|heavy_minus_sign ➖|recycle ♻️|hourglass ⌛|hourglass_flowing_sand ⏳|stopwatch ⏱️|timer_clock ⏲️|alarm_clock ⏰|clock1 🕐|clock3 🕒
calendar 📆|date 📅|spiral_calendar_pad 🗓️|chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|bar_chart 📊|clipboard 📋|memo 📝|pencil 📝|pencil2 ✏️
pushpin 📌|round_pushpin 📍|paperclip 📎|link 🔗|page_facing_up 📄|scroll 📜|books 📚|book 📖|notebook 📓|file_folder 📁|open_file_folder 📂
mag 🔍|mag_right 🔎|lock 🔒|unlock 🔓|key 🔑|shield 🛡️|bell 🔔|no_bell 🔕|loudspeaker 📢|mega 📣|speech_balloon 💬|thought_balloon 💭|email 📧|envelope ✉️
telephone_receiver 📞|phone ☎️|iphone 📱|pager 📟|computer 💻|desktop_computer 🖥️|floppy_disk 💾|package 📦|gear ⚙️|wrench 🔧|hammer 🔨|hammer_and_wrench 🛠️
nut_and_bolt 🔩|toolbox 🧰|test_tube 🧪|microscope 🔬|thermometer 🌡️|battery 🔋|electric_plug 🔌|satellite 🛰️|satellite_antenna 📡|cloud ☁️|snowflake ❄️
sunny ☀️|rainbow 🌈|umbrella ☔|ocean 🌊|fire_engine 🚒|ambulance 🚑|fire_extinguisher 🧯|ship 🚢|anchor ⚓|checkered_flag 🏁|triangular_flag_on_post 🚩
dart 🎯|bulb 💡|bug 🐛|robot_face 🤖|ghost 👻|alien 👽|turtle 🐢|snail 🐌|hatching_chick 🐣|seedling 🌱|coffee ☕|pizza 🍕|crown 👑|medal 🏅
bust_in_silhouette 👤|busts_in_silhouette 👥|male-firefighter 👨‍🚒|firefighter 🧑‍🚒|technologist 🧑‍💻|detective 🕵️|office 🏢|factory 🏭|house 🏠|globe_with_meridians 🌐
new 🆕|up 🆙|ok 🆗|cool 🆒|free 🆓|100 💯|zzz 💤|skull 💀|chains ⛓️|scales ⚖️|broom 🧹|shrug 🤷|facepalm 🤦|white_small_square ▫️|black_small_square ▪️
one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|six 6️⃣|seven 7️⃣|eight 8️⃣|nine 9️⃣|zero 0️⃣`;

/** @type {Map<string, string>} */
const EMOJI = new Map();
for (const entry of TABLE.split(/[|\n]/)) {
  const [name, symbol] = entry.split(" ");
  EMOJI.set(name, symbol);
}

/** The symbol of a shortcode without colons, or null. @param {string} name */
export const emoji = (name) => EMOJI.get(name.replace(/::skin-tone-\d$/, "")) ?? null;

/** Replaces `:shortcodes:` that are known; others stay as typed. @param {string} text */
export const withEmoji = (text) =>
  text.replace(/:([+-]?[\w-]+(?:::skin-tone-\d)?):/g, (whole, name) => emoji(name) ?? whole);
