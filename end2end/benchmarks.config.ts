// Not tests: `scripts/bench` measures with this what only a browser can tell.
import config from "./playwright.config.ts";

export default { ...config, testDir: "benchmarks", testMatch: "*.ts", workers: 1, timeout: 300_000 };
