// The answer to an application that takes it by a form (OAuth 2.0 Form Post Response Mode): sent without being asked.
document.getElementById("answer").requestSubmit();
