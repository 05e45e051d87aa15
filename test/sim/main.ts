import { planOf } from "./fault-plan.ts";
import { Simulation } from "./simulation.ts";
const [from, to, rounds] = process.argv.slice(2).map(Number);
let sim = 0, wall = 0, bad = 0, worst = 0;
for (let seed = from; seed < to; seed++) {
  const t = performance.now();
  const r = new Simulation({ seed, peers: 5, rounds, plan: planOf(seed, 5) }).run();
  wall += performance.now() - t; sim += r.elapsedMs;
  worst = Math.max(worst, r.healedMs);
  if (r.complaints.length) { bad++; console.log(seed, JSON.stringify(r.complaints[0]).slice(0, 600)); }
  if (process.env.V) console.log(seed, JSON.stringify({...r, complaints: r.complaints.length}));
}
console.log({ bad, sim, wall, ratio: sim / wall, worst });
