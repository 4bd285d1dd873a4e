// Wakes the page that the server rendered. It is a file since the content security policy forbids inline script.
// Where it fails, the page stays as it is: links and forms work without it.

// Files stand under the name of the site that the page belongs to, which never changes what they hold.
const site = document.querySelector('meta[name="towpath-site"]')?.content;
const pkg = site ? `/pkg/${site}` : "/pkg";

// A turn of its own for what follows, so that a key or a touch in between is not kept waiting for all of it.
const turn = () => globalThis.scheduler?.yield?.() ?? new Promise((come) => setTimeout(come));

// First the page is painted, so that nothing here takes its share of a slow line. A page in a hidden tab is not painted.
await new Promise((painted) => {
  requestAnimationFrame(() => setTimeout(painted));
  setTimeout(painted, 500);
});

// All modules at once, not one after the other: the main one, and those that the server named with the page.
const [page] = performance.getEntriesByType("navigation");
const named = page?.serverTiming?.find((entry) => entry.name === "modules")?.description ?? "";
for (const module of ["towpath.js", "towpath.wasm", ...named.split(" ").filter(Boolean)]) {
  const link = document.createElement("link");
  const kind = module.endsWith(".js") ? { rel: "modulepreload" } : { rel: "preload", as: "fetch" };
  Object.assign(link, kind, { crossOrigin: "anonymous", href: `${pkg}/${module}` });
  document.head.append(link);
  await turn();
}

try {
  const { default: init, hydrate } = await import(`${pkg}/towpath.js`);
  await init({ module_or_path: `${pkg}/towpath.wasm` });
  await turn();
  await hydrate();
  // Parts wake in turns of their own, and parts of those in the turns after.
  for (let depth = 0; depth < 2; depth++) await new Promise((come) => setTimeout(come));
  document.documentElement.dataset.hydrated = "";
} catch (error) {
  console.error("Towpath could not start its script; the page works without it.", error);
}
