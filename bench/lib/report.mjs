// What was measured, as a table for people and as JSON for programs.

export const median = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** Rounds whose ratios differ by more than this tell of the machine, and not of what is measured. */
export const kMostSpread = 1.5;

/** Adds what the ratios of the rounds come to. */
export function conclude({ ours, theirs, goal }) {
  const ratios = ours.map((value, i) => value / theirs[i]);
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
  const found = { ratios, spread: most / least, ratio: null, least, most, met: null };
  if (found.spread > kMostSpread) return found;
  found.ratio = median(ratios);
  if (goal) found.met = goal.atLeast !== undefined ? found.ratio >= goal.atLeast : found.ratio <= goal.atMost;
  return found;
}

const number = (value) => (value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3));

export const header = ['row', 'ours', 'p50 µs', 'p99 µs', 'p99.9 µs', 'beside', 'theirs', 'ratio (min–max)', 'goal', ''];
const widths = [30, 11, 8, 8, 9, 28, 11, 20, 7, 3];
export const line = (cells) => cells.map((cell, i) => ([1, 2, 3, 4, 6].includes(i) ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
  .join('  ').trimEnd();

/** One line for each that it stands beside, and one for what there is to be said. */
export function lines(result) {
  const latency = (name) => (result.ours[0][name] === undefined ? '' : number(median(result.ours.map((each) => each[name]))));
  const noted = result.note ? [`    ${result.note}`] : [];
  if (result.against.length === 0) return [line([result.row, number(median(result.ours.map(({ rate }) => rate)))]), ...noted];
  return [...result.against.map((peer, i) => line([
    ...(i === 0 ? [result.row, number(median(peer.ours)), latency('p50'), latency('p99'), latency('p999')] : ['', '', '', '', '']),
    peer.name, number(median(peer.theirs)),
    peer.ratio === null ? `– (rounds differ ${peer.spread.toFixed(1)}×)`
      : `${peer.ratio.toFixed(2)} (${peer.least.toFixed(2)}–${peer.most.toFixed(2)})`,
    !peer.goal ? '' : peer.goal.atLeast !== undefined ? `≥ ${peer.goal.atLeast}` : `≤ ${peer.goal.atMost}`,
    peer.met === null ? '' : peer.met ? 'yes' : 'NO',
  ])), ...noted];
}
