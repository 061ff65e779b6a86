"""Everything Lifeguard says to Amazon Cognito. The only package that imports boto3 or botocore."""
