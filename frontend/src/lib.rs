//! The WASM entry: `public/start.js` loads the module and calls [`hydrate`]. All else stands in `towpath-app`.

use wasm_bindgen::prelude::wasm_bindgen;

/// Attaches the app to the page that the server rendered.
#[wasm_bindgen]
pub async fn hydrate() {
    console_error_panic_hook::set_once();
    towpath_app::hydrate_app().await;
}
