"""The words of messages that Cognito itself sends: codes by mail and SMS. A Lambda function of the operator's asks."""
