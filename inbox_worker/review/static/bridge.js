// Hands to Datasette's own scripts what its pages would say in scripts of their own, which our policy forbids.
"use strict";
const data = document.getElementById("desk-data");
if (data) Object.assign(window, JSON.parse(data.textContent));
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.details-menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
