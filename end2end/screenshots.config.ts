// Not tests: `scripts/screenshots` takes the pictures of README and guide with this.
import config from "./playwright.config.ts";

export default { ...config, testDir: "screenshots", testMatch: "*.ts" };
