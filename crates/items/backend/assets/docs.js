"use strict";
const place = document.getElementById("docs");
SwaggerUIBundle({
  url: "/openapi.json",
  domNode: place,
  deepLinking: true,
  supportedSubmitMethods: place.dataset.methods.split(" ").filter(Boolean),
  validatorUrl: null,
});
