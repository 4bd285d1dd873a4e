// Accessibility: axe finds nothing, in light and in dark, and nothing is wider than the window.
//
// A theme changes nothing but colours: all rules are asked in light, and in dark those that look at colours.
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    const axe = new AxeBuilder({ page });
    if (colorScheme === "dark") axe.withRules(["color-contrast", "link-in-text-block"]);
    const { violations } = await axe.analyze();
    const found = violations.flatMap(({ id, help, nodes }) =>
      nodes.map((node) => `${id}: ${help}\n  ${node.html}\n  ${node.failureSummary}`),
    );
    expect(found, `${page.url()} in ${colorScheme}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: "light" });
}

/** Narrow windows need no scrolling sideways (WCAG 2.2, 1.4.10). */
export async function expectFits(page: Page, width: number): Promise<void> {
  const before = page.viewportSize();
  await page.setViewportSize({ width, height: 800 });
  const widest = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(widest, `the width of ${page.url()} at ${width}`).toBeLessThanOrEqual(width);
  if (before) await page.setViewportSize(before);
}
