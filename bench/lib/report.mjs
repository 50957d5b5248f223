// What was measured, as a table for people and as JSON for programs.

export const median = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** Rounds whose ratios differ by more than this tell of the machine, and not of what is measured. */
export const kMostSpread = 1.5;

const meets = (value, goal) => (goal.atLeast !== undefined ? value >= goal.atLeast : value <= goal.atMost);

/** What values of the rounds come to, against a goal where there is one: which all of them may miss, however they differ. */
function summed(values, goal) {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const found = { spread: most / least, middle: null, least, most, met: null };
  if (found.spread <= kMostSpread) found.middle = median(values);
  if (!goal) return found;
  found.always = meets(least, goal) === meets(most, goal);
  if (found.always || found.middle !== null) found.met = meets(found.middle ?? least, goal);
  return found;
}

/** Adds to a result what its rounds come to: by itself and beside each that it stands beside, and against the goals. */
export function conclude(result, isHeld) {
  const goal = (each) => (isHeld ? each.goal : null);
  const ours = result.ours.map(({ rate }) => rate);
  result.all = summed(ours, goal(result));
  for (const peer of result.against) peer.ratio = summed(ours.map((value, i) => value / peer.theirs[i]), goal(peer));
}

const number = (value) => (value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3));

export const header = ['row', 'ours', 'p50 µs', 'p99 µs', 'p99.9 µs', 'beside', 'theirs', 'ratio (min–max)', 'goal', ''];
const widths = [40, 11, 8, 8, 9, 28, 11, 23, 11, 4];
export const line = (cells) => cells.map((cell, i) => ([1, 2, 3, 4, 6].includes(i) ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
  .join('  ').trimEnd();

const told = (goal) => (!goal ? '' : `${goal.atLeast !== undefined ? '≥' : '≤'} ${(goal.atLeast ?? goal.atMost).toLocaleString('en-US', { maximumFractionDigits: 3 })}`);
const verdict = ({ middle, met, always }, goal) => (!goal ? '' : met === null ? (middle === null ? '–' : '') : `${always ? '' : '~'}${met ? 'yes' : 'NO'}`);
const differ = ({ spread }) => `– (rounds differ ${spread.toFixed(2)}×)`;
const range = (ratio) => (ratio.middle === null ? differ(ratio) : `${ratio.middle.toFixed(2)} (${ratio.least.toFixed(2)}–${ratio.most.toFixed(2)})`);

/** One line for the row where it has a goal of its own or stands alone, one for each that it stands beside, and one for what there is to be said. */
export function lines(result) {
  const latency = (name) => (result.ours[0][name] === undefined ? '' : number(median(result.ours.map((each) => each[name]))));
  const ours = [result.row, number(median(result.ours.map(({ rate }) => rate))), latency('p50'), latency('p99'), latency('p999')];
  const beside = [];
  if (result.goal || result.against.length === 0)
    beside.push(['', '', result.all.middle === null ? differ(result.all) : '', told(result.goal), verdict(result.all, result.goal)]);
  for (const { name, theirs, ratio, goal } of result.against) beside.push([name, number(median(theirs)), range(ratio), told(goal), verdict(ratio, goal)]);
  return [...beside.map((cells, i) => line([...(i === 0 ? ours : ['', '', '', '', '']), ...cells])), ...(result.note ? [`    ${result.note}`] : [])];
}
