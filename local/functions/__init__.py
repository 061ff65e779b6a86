"""The function of the operator's that writes Cognito's messages, run where there is no AWS Lambda."""
