// Wakes the page that the server rendered. It is a file since the content security policy forbids inline script.
// Where it fails, the page stays as it is: links and forms work without it.
import init, { hydrate } from "/pkg/towpath.js";

try {
  await init({ module_or_path: "/pkg/towpath.wasm" });
  await hydrate();
  document.documentElement.dataset.hydrated = "";
} catch (error) {
  console.error("Towpath could not start its script; the page works without it.", error);
}
