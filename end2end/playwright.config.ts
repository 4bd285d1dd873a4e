// End-to-end tests: the real binary, real registry clients and a real browser.
import { defineConfig } from "@playwright/test";

// What the browser needs to run as root and without a network of its own.
const args = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  // A file is a story, told in order on an installation of its own; files run beside each other.
  fullyParallel: false,
  workers: 2,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  reporter: "list",
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    browserName: "chromium",
    launchOptions: { executablePath: "/usr/bin/chromium", args },
    trace: "retain-on-failure",
    actionTimeout: 10_000,
  },
});
